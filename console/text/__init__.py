"""Words for screens and lines: pure functions, no terminal, no store access."""

"""The clipboard: which carrier, what bytes, and never more said than known."""

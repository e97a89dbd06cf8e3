"""The console in a real pseudo-terminal."""

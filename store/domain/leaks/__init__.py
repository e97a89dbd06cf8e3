"""Keys where none should be: finding them in bytes, and what becomes of one that is reported."""

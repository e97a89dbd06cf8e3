"""Keys where none should be."""

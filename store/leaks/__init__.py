"""Keys where none should be: finding them in bytes, in files, in a repository's history."""

"""Looking for keys where none should be: in files, folders and histories of repositories."""

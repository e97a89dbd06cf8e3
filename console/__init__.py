"""The admins' door: the Textual console and the command line."""

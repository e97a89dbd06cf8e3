"""Asks a server as a stranger would, and says what was found."""

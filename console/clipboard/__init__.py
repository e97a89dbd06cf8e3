"""Bringing a key to the admin's own clipboard, and saying no more than is known of it."""

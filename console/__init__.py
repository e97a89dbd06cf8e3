"""The admins' door: the Textual console and the command line."""

DISTRIBUTION = "keydeck"
"""What `console.keydeck` knows each of the two by: PyPI has another `console` and `store`."""

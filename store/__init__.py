"""The ground both doors stand on: the domain, its tables and its use cases."""

DISTRIBUTION = "keydeck"
"""What `console.keydeck` knows each of the two by: PyPI has another `console` and `store`."""

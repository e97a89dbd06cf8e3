"""The protocol's own conformance suite: how it is run, and what of it is not for keydeck."""

"""How long the first page of a filtered list of keys takes, and its count, as a store grows."""

"""A real browser in front of the approval page: where it goes on to from there."""

"""One test for each invariant of the house, named after it."""

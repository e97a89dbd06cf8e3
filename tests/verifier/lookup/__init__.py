"""The hot read."""

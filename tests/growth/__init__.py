"""Flat as it grows: what a use case reads does not grow with the store, and no transaction does."""

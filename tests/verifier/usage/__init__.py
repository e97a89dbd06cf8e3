"""Counting what was asked."""

"""Verifiers that are known to the store."""

"""Guides from other systems: followed with keys that the real ones made."""

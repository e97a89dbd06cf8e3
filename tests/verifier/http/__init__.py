"""Bytes, connections and their states."""

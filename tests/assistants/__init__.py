"""Assistants: how they are connected, and everything somebody could try instead."""

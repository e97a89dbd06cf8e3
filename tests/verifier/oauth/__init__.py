"""Endpoints that assistants and their people call."""

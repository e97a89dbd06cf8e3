"""Tests of what documents say of assistants."""

"""Refusals and the sentences they are said in."""

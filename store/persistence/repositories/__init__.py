"""Rows in, domain out. Every statement names the workspace it is for."""

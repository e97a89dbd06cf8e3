"""Whole screens: set-up, sign-in, the workspace."""

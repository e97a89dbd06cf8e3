"""Frameworks that people put behind a proxy: what each makes of a path."""

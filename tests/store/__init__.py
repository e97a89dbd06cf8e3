"""Schema, repositories and use cases, on real SQLite files."""

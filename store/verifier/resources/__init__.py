"""The sample business data behind the keys: events, quotes, and the days that are free."""

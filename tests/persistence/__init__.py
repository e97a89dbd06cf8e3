"""Tables, repositories and migrations, on both engines."""

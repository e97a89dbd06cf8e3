"""What the workspace screen shows, one tab a file."""

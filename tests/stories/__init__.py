"""Jobs that people do, from beginning to end, through the public surface alone."""

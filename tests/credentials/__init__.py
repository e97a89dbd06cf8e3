"""What stands behind a key and a password: digests, and who they are compared with."""

"""What each use case and command costs as a store grows, by its ratio to a small one."""

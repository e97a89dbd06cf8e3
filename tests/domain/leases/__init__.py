"""What a lease remembers and when a change is in force, on an injected clock."""

"""What is left after kill -9, a full disk, a clock that jumps."""

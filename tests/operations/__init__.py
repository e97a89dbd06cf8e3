"""What an operator does with a whole store: open, check, copy, move, restore, grant."""

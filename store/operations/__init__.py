"""What an operator does with a store: open, back up, restore, move, check, upgrade, grant, scan."""

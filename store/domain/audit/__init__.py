"""The audit: its actions, its entries, and the chain of MACs that shows what was changed in it."""

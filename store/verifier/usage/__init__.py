"""What keys are used for: counted in memory, written in batches, rolled up, pruned."""

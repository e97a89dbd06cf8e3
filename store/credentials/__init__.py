"""What proves who somebody is: the peppers of the digests, the hashes of passwords."""

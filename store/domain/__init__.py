"""The rules of keys: pure, no I/O. What a key is, may do and becomes, wherever it is kept."""

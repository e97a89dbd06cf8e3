"""The sample API behind the verifier."""

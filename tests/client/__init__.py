"""The client for applications of other people's, in real ones, against a real verifier."""

"""`keydeck demo`: the console on a throwaway store, with a running verifier and live traffic."""

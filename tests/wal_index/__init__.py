"""`python -m tests.wal_index`: no answer from memory is older than a commit that had returned.

Everything here happens to a store on SQLite that verifiers of several workers serve:
`store.verifier.wal_index` says why they may remember what they read, and what each rule is for.
"""

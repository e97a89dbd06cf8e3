"""A verifier among others: what the store knows of it, and what it may remember under a lease.

`store.domain.leases` says why that is safe.
"""

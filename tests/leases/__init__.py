"""The argument of `store.leases`, tried: real Holdings and Settlements around a simulated database.

`world` is time and the database, `parties` are verifiers and revokers, `left_out` are the ways to
break each rule, `machine` looks for a broken promise at random and `scenarios` where it is known.
"""

"""The argument of `store.domain.leases`, tried: real Holdings and Settlements without a database.

`world` is time and the database, `parties` are verifiers and revokers, `left_out` are the ways to
break each rule, `machine` looks for a broken promise at random and `scenarios` where it is known.
"""

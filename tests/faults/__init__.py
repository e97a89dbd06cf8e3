"""Faults, for real: what revocations and valid keys come to while something is broken.

`python -m tests.faults --seconds N` runs the long form of each and prints the table; `test_faults`
runs the short one.
"""

"""The command line: everything the console does, and what is the operator's alone.

Nothing here imports textual or the store's engine before a command runs: `--help` is quick.
"""

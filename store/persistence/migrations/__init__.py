"""The schema's history. Only `init` and `store upgrade` run it."""

"""Who may be whom: an adversary between two workspaces, looked for by chance."""

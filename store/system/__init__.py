"""The machine underneath: permissions of files, and other programs."""

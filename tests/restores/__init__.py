"""Any order of backups and restores: what is final stays final."""

"""What a row of SSH keys is to the domain, whoever read it: a column's value by its name."""

from collections.abc import Mapping
from typing import Any

from store.domain.ssh_keys import PublicKey, SshKey


def ssh_key_of(columns: Mapping[Any, Any]) -> SshKey:
    """Return the domain's SSH key for a row that has its columns and its person's e-mail."""
    return SshKey(
        public=PublicKey(columns["kind"], columns["blob"], columns["comment"]),
        person_id=columns["person_id"],
        email=columns["email"],
        console=bool(columns["console"]),
        looks_only=bool(columns["looks_only"]),
        added_at=columns["added_at"],
    )

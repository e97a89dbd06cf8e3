"""Whom an SSH key lets in, said to sshd before the use cases are loaded.

sshd asks for each key that a client offers, and somebody waits. It is what `SshKeyService.opens`
says, read in its words.
"""

from pathlib import Path

from store.domain.ssh_keys import SshKey
from store.operations.as_usual import NotAsUsual, as_usual


def opens(url: str, pepper_path: Path, fingerprint: str) -> tuple[str, SshKey | None]:
    """Return the store's address, and the key of a fingerprint if it opens anything there.

    Raises NotAsUsual, also for whoever is only invited.
    """
    with as_usual(url, pepper_path) as store:
        key = store.reads.ssh_key(fingerprint)
        if key is not None and not store.reads.memberships(key.person_id):
            raise NotAsUsual
    return store.address, key

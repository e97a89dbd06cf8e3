"""SSH keys as people paste them: what ssh-keygen makes is taken, and nothing else."""

import base64
import string
import subprocess
from pathlib import Path

import pytest

from store.domain.ssh_keys import public_key
from store.errors import Invalid


def written(kind: str, *parts: bytes, comment: str = "alice@laptop") -> str:
    """Return a key as ssh-keygen writes it, made of these strings."""
    whole = (kind.encode(), *parts)
    blob = b"".join(len(part).to_bytes(4) + part for part in whole)
    return f"{kind} {base64.b64encode(blob).decode()} {comment}".strip()


def rsa(bits: int) -> str:
    """Return an RSA key whose modulus has so many bits."""
    modulus = (1 << (bits - 1) | 1).to_bytes(bits // 8 + 1)
    return written("ssh-rsa", b"\x01\x00\x01", modulus)


ED25519 = written("ssh-ed25519", bytes(32))
NISTP256 = written("ecdsa-sha2-nistp256", b"nistp256", bytes(65))
SK = [
    written("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"),
    written("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", bytes(65), b"ssh:"),
]


@pytest.mark.parametrize("kind", [["ed25519"], ["ecdsa", "-b", "521"], ["rsa", "-b", "2048"]])
def test_what_ssh_keygen_makes_is_taken_and_called_as_it_calls_it(
    tmp_path: Path, kind: list[str]
) -> None:
    file = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-N", "", "-C", "a b", "-f", str(file), "-t", *kind], check=True
    )
    text = file.with_suffix(".pub").read_text()
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", f"{file}.pub"], capture_output=True, text=True, check=True
    )
    key = public_key(f"\n  {text}\n")
    assert (str(key), key.comment, key.fingerprint) == (text.strip(), "a b", told.stdout.split()[1])
    with pytest.raises(Invalid) as refused:
        public_key(file.read_text())
    assert "private key" in str(refused.value)
    assert not set(file.read_text().split("\n")[1:-2]) & set(str(refused.value).split())


@pytest.mark.parametrize("text", [ED25519, NISTP256, rsa(2048), rsa(4096), *SK])
def test_kinds_that_are_strong_are_taken(text: str) -> None:
    assert str(public_key(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (written("ssh-dss", b"p", b"q", b"g", b"y"), "too weak"),
        (rsa(1024), "1,024 bits"),
        (rsa(2040), "2,040 bits"),
        (written("ssh-ed25519-cert-v01@openssh.com", bytes(32)), "certificate"),
        (f"{ED25519}\n{NISTP256}", "2 lines"),
        (f'restrict,command="x" {ED25519}', "Leave out"),
        (f"no-pty {ED25519}", "Leave out"),
        (f"@revoked * {ED25519}", "Leave out"),
        ("ssh-ed25519", "not all"),
        ("ssh-ed25519 AAAA", "not all"),
        (ED25519[:-20], "not all"),
        (written("ssh-ed25519", bytes(31)), "not all"),
        (written("ssh-ed25519", bytes(32), b"more"), "not all"),
        (written("ecdsa-sha2-nistp256", b"nistp384", bytes(65)), "not all"),
        (ED25519.replace("ssh-ed25519", "ssh-rsa"), "not all"),
        (written("ssh-ed25519", bytes(32), comment="a\x1b]52;c;eA==\x07"), "not all"),
        (written("ssh-ed25519", bytes(32), comment="a\u202eb"), "not all"),
        ("", "no public SSH key"),
        ("alice", "no public SSH key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nSECRET", "private key"),
        (f"{ED25519}\n-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET", "private key"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nSECRET", "lines"),
    ],
)
def test_anything_else_is_refused_in_a_sentence_that_repeats_none_of_it(
    text: str, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        public_key(text)
    said = str(refused.value)
    assert why in said
    assert "SECRET" not in said
    assert all(word not in said for word in text.split() if len(word) > 20)


def test_a_key_is_the_same_however_its_base64_is_written() -> None:
    text = written("sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:xy")
    kind, blob, _ = text.split()
    # Some bits of the last character before the = are of nothing.
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    bare = blob.rstrip("=")
    padding = "=" * (len(blob) - len(bare))
    other = f"{bare[:-1]}{alphabet[alphabet.index(bare[-1]) + 1]}{padding}"
    assert base64.b64decode(other) == base64.b64decode(blob)
    assert public_key(f"{kind} {other}").blob == blob

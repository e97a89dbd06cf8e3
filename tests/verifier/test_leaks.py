"""POST /leaks: what anybody who found a key can do with it, and what GitHub is told."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from store.domain.key_string import mint
from store.domain.keys import Note
from store.domain.leaks.policy import LeakPolicy
from store.errors import Invalid
from store.operations.open import open_store
from store.persistence.database import Database
from store.service.keys import Issued
from store.service.leaks import Reported
from store.verifier.leak_queue import MOST_WAITING, LeakQueue
from store.verifier.leaks import A_MINUTE
from store.verifier.signatures import Signatures
from tests.house import House
from tests.verifier.serving import Served, eventually, serving, wrong_secret

SIGNER = generate_private_key(SECP256R1())


def keys_file(path: Path, signer: EllipticCurvePrivateKey, *, current: bool = True) -> Path:
    """Write public keys as GitHub gives them."""
    public = signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    one = {"key_identifier": "k1", "key": public.decode(), "is_current": current}
    path.write_text(json.dumps({"public_keys": [one]}))
    return path


@pytest.fixture
def known(own_house: House, tmp_path: Path) -> Iterator[Served]:
    """A served store that knows a public key."""
    keys = keys_file(tmp_path / "keys.json", SIGNER)
    with (
        serving(own_house, tmp_path / "stderr", leak_keys=keys) as server,
        server.client() as client,
    ):
        yield Served(own_house, server, client)


def reports(*tokens: str) -> list[dict[str, str]]:
    """Return a body that reports keys."""
    url = "https://github.com/acme/site/blob/main/a.py"
    return [{"token": one, "type": "keydeck", "url": url, "source": "content"} for one in tokens]


def tell(served: Served, *tokens: str) -> httpx.Response:
    """Report keys as anybody can."""
    return served.ask("/leaks", method="POST", json=reports(*tokens))


def signed(served: Served, body: bytes, signature: bytes | None = None) -> httpx.Response:
    """Report keys as GitHub does."""
    made = SIGNER.sign(body, ECDSA(SHA256())) if signature is None else signature
    return served.ask(
        "/leaks",
        method="POST",
        content=body,
        headers={
            "Content-Type": "application/json",
            "Github-Public-Key-Identifier": "k1",
            "Github-Public-Key-Signature": base64.b64encode(made).decode(),
        },
    )


def entries(served: Served, issued: Issued) -> list[tuple[str, str]]:
    """Return who did what to a key, newest first."""
    house = served.house
    history = house.store.keys.details(house.alice, issued.key.id).history
    return [(one.actor, one.action) for one in history]


def notes(served: Served, issued: Issued) -> tuple[Note, ...]:
    """Return the notes on a key."""
    house = served.house
    return house.store.keys.show(house.alice, issued.key.id).notes(house.clock.now())


def test_a_live_key_that_is_reported_is_shown_as_leaked_and_goes_on(own: Served) -> None:
    issued = own.issue()
    key = issued.secret.reveal()
    for _ in range(3):
        assert tell(own, key).json() == []
    eventually(lambda: Note.LEAKED in notes(own, issued))
    assert own.ask("/availability", key).status_code == 200
    marker = own.issue()
    tell(own, marker.secret.reveal())
    eventually(lambda: Note.LEAKED in notes(own, marker))
    # Over and over is no news.
    assert entries(own, issued) == [
        ("leak report", "leak.reported"),
        ("alice@acme.example", "key.created"),
    ]
    [entry, *_] = own.house.store.keys.details(own.house.alice, issued.key.id).history
    assert entry.details == {
        "reporter": "127.0.0.1",
        "source": "content",
        "url": "https://github.com/acme/site/blob/main/a.py",
    }
    assert key[16:] not in own.house.store.database.path.read_bytes().decode("latin-1")


def test_where_the_operator_wants_it_a_report_revokes(own: Served) -> None:
    own.house.store.operator.set_leak_policy(LeakPolicy.REVOKE)
    issued, other = own.issue(), own.issue()
    key = issued.secret.reveal()
    # An id with a secret that is not its own proves nothing.
    assert tell(own, wrong_secret(other.secret.reveal()), key).status_code == 200
    eventually(lambda: own.ask("/availability", key).status_code == 401)
    assert own.ask("/availability", key).json()["code"] == "revoked"
    assert entries(own, issued)[:2] == [
        ("leak report", "key.revoked"),
        ("leak report", "leak.reported"),
    ]
    assert own.house.store.keys.show(own.house.alice, issued.key.id).revoked_by == "leak report"
    assert own.ask("/availability", other.secret.reveal()).status_code == 200
    assert own.house.store.audit_trail.verify(own.house.alice).intact


def test_where_the_operator_wants_none_none_is_taken(own: Served) -> None:
    own.house.store.operator.set_leak_policy(LeakPolicy.OFF)
    assert tell(own, own.key()).status_code == 404


def test_whoever_reports_cannot_tell_whether_there_is_such_a_key(own: Served) -> None:
    issued = own.issue()
    dead = own.issue()
    own.house.store.keys.revoke(own.house.alice, dead.key.id)
    tokens = (
        *(issued.secret.reveal(), dead.secret.reveal(), wrong_secret(issued.secret.reveal())),
        *(mint("jw").key.reveal(), "garbage", ""),
    )
    said = set()
    for token in tokens:
        answer = tell(own, token)
        headers = {name for name in answer.headers if name != "x-request-id"}
        said.add((answer.status_code, answer.text, frozenset(headers)))
    assert said == {(200, "[]\n", next(iter(said))[2])}


def test_an_answer_waits_for_nothing_that_only_a_key_that_is_there_takes(own: Served) -> None:
    issued = own.issue()
    with closing(Database(own.house.url)) as other, other.writing():
        # Nobody can write it down yet: were that waited for, the answer would be late, and 503.
        for token in (issued.secret.reveal(), mint("jw").key.reveal()):
            assert tell(own, token).status_code == 200
    eventually(lambda: Note.LEAKED in notes(own, issued))


def test_one_address_may_not_report_without_end_and_others_still_may(own: Served) -> None:
    statuses = [tell(own, "garbage").status_code for _ in range(A_MINUTE + 1)]
    assert statuses == [200] * A_MINUTE + [429]
    refused = tell(own, "garbage")
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_what_is_no_key_or_is_there_twice_takes_no_room_and_no_time_of_the_store(
    own: Served,
) -> None:
    # Each would be a read: one small body could hold thousands.
    tokens = [{"token": ""}] * (MOST_WAITING + 1)
    key = own.issue()
    tokens += [{"token": key.secret.reveal()}] * 2
    answer = own.ask(
        "/leaks",
        method="POST",
        content=json.dumps(tokens, separators=(",", ":")),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()) == (200, [])
    eventually(lambda: Note.LEAKED in notes(own, key))


def test_github_is_told_which_are_keys_of_this_store_and_has_no_limit(known: Served) -> None:
    issued = known.issue()
    key, stranger = issued.secret.reveal(), mint("jw").key.reveal()
    # As it came: with blanks that no encoder would put there.
    body = json.dumps(reports(key, stranger), indent=3).encode()
    for _ in range(A_MINUTE + 5):
        answer = signed(known, body)
        assert answer.status_code == 200
    assert answer.json() == [
        {
            "token_hash": hashlib.sha256(token.encode()).hexdigest(),
            "token_type": "keydeck",
            "label": label,
        }
        for token, label in ((key, "true_positive"), (stranger, "false_positive"))
    ]
    eventually(lambda: Note.LEAKED in notes(known, issued))
    [entry, *_] = known.house.store.keys.details(known.house.alice, issued.key.id).history
    assert entry.details["reporter"] == "GitHub"


def test_what_is_not_signed_as_it_says_changes_nothing(known: Served) -> None:
    issued = known.issue()
    body = json.dumps(reports(issued.secret.reveal())).encode()
    other = generate_private_key(SECP256R1()).sign(body, ECDSA(SHA256()))
    for made in (other, b"", SIGNER.sign(body + b" ", ECDSA(SHA256()))):
        answer = signed(known, body, made)
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_signature")
    assert notes(known, issued) == (Note.UNCONFIRMED, Note.NEVER_USED)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "does not hold public keys"),
        ('{"public_keys": [{"key_identifier": "k", "key": "x"}]}', "the key k is no PEM"),
    ],
)
def test_a_file_without_public_keys_is_refused_before_anything_is_served(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "keys"
    path.write_text(content)
    with pytest.raises(Invalid, match=said):
        Signatures(path)
    with pytest.raises(Invalid, match="cannot be read"):
        Signatures(tmp_path / "nowhere")
    retired: Any = Signatures(keys_file(path, SIGNER, current=False))
    assert not retired.fit(b"x", b"k1", base64.b64encode(SIGNER.sign(b"x", ECDSA(SHA256()))))


def test_what_cannot_be_written_yet_is_written_later_and_keeps_no_worker_from_ending(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("store.persistence.database.limits.BUSY_TIMEOUT_MS", 20)
    issued, late = house.create("Website"), house.create("Zapier")

    def leaked(one: Issued) -> bool:
        return house.store.keys.show(house.alice, one.key.id).leaked_at is not None

    with (
        closing(Database(house.url)) as other,
        closing(open_store(house.url, pepper_path=house.pepper_path)) as store,
    ):
        intake = LeakQueue()
        with other.writing():
            assert intake.add(store.transactions, [Reported(issued.secret, "10.0.3.7", "", "")])
            eventually(lambda: "A report of a leaked key waits." in caplog.text)
        eventually(lambda: leaked(issued))
        with other.writing():
            assert intake.add(
                store.transactions, [Reported(late.secret, "10.0.3.7", "", "")] * 1000
            )
            intake.close()
        assert "Reports of leaked keys are lost." in caplog.text
        assert not leaked(late)

"""The audit in words: every action has some, and details read like sentences."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from console.text import audit_words, key_words
from console.text.action_words import WORDS
from store.domain.audit.actions import Action
from store.domain.audit.entry import AuditEntry
from store.domain.times import DAY
from tests.house import NOON

STORE = Path(__file__).parents[3] / "store"
OF_ONE = ("key.", "connection.", "leak.")


def entry(action: str, at: int = NOON) -> AuditEntry:
    """Return an entry about nothing else."""
    return AuditEntry(1, 1, at, 1, "alice@acme.example", action, "id", "Website", {}, 1)


def test_the_history_of_a_key_or_connection_has_words_for_whatever_is_written_of_one() -> None:
    for action in Action:
        if action.startswith(OF_ONE):
            assert action not in key_words.event(entry(action), NOON)[0]


def test_every_action_has_one_record_of_words_and_is_found_by_them() -> None:
    assert set(WORDS) == set(Action)
    for action, words in WORDS.items():
        assert words.did != action.replace(".", " ").replace("_", " "), action
        for word in words.did.split():
            assert action in audit_words.sought(word.upper()).actions
        assert bool(words.of_it) is action.startswith(OF_ONE), action


def test_no_action_is_written_but_as_one_of_those() -> None:
    kinds = "|".join(sorted({action.partition(".")[0] for action in Action}))
    spelt = re.compile(rf"""["']((?:{kinds})\.[a-z_]+)["']""")
    for path in STORE.rglob("*.py"):
        # Those of the schema's history stay as they were written.
        if "migrations" in path.parts or path.name == "actions.py":
            continue
        found = {one for one in spelt.findall(path.read_text()) if one in set(Action)}
        # What an entry says is told by what is stored in it.
        assert not found or path == STORE / "domain" / "audit" / "entry.py", (path.name, found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"enrolment_code": True}, [("enrolment code", "yes")]),
        ({"holders": ["a@x.y", "b@x.y"], "reason": None}, [("holders", "a@x.y, b@x.y")]),
        ({"expires_at": "2027-02-22T23:59:59.999Z"}, [("expires at", "22 Feb 2027 23:59 UTC")]),
        ({"reason": "2027"}, [("reason", "2027")]),
        ({"failures": 3}, [("failures", "3")]),
        (
            {"in_force_at": "2026-11-24T12:00:00.009Z"},
            [("in force at", "24 Nov 2026 12:00:00.009 UTC")],
        ),
        (
            {
                "verifiers": [
                    {"host": "web-1", "process": 7, "how": "confirmed", "after_ms": 9},
                    {"host": "web-2", "process": 8, "how": "lapsed", "after_ms": 3301},
                ]
            },
            [("verifiers", "web-1 (7) confirmed after 9 ms, web-2 (8) lapsed after 3301 ms")],
        ),
    ],
)
def test_details_are_told_without_notation(
    given: dict[str, object], said: list[tuple[str, str]]
) -> None:
    assert audit_words.told(given) == said


def test_a_receipt_that_says_nothing_for_sure_is_not_told_as_if_it_did() -> None:
    unknown = replace(entry("key.in_force"), details={"in_force_at": None})
    assert audit_words.did(unknown) == "not known: change in force of key"
    assert audit_words.did(entry("key.in_force")) == "change in force of key"
    assert "could not see it in force" in key_words.event(unknown, NOON)[0]
    for action in ("key.in_force", "connection.in_force"):
        assert key_words.event(entry(action), NOON)[0].endswith(" saw it in force")


def test_today_is_told_by_time_and_other_days_in_line_below_one_another() -> None:
    assert audit_words.when(NOON, NOON) == "12:00:00"
    assert audit_words.when(NOON - 20 * DAY, NOON) == " 4 Nov 2026 12:00"
    assert audit_words.when(NOON - DAY, NOON) == "23 Nov 2026 12:00"

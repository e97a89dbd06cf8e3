"""An archive's lines: what is written is read again, and whatever else is there breaks nothing."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.domain.audit.archive import (
    Archived,
    Heading,
    archived_of,
    heading_line,
    heading_of,
    line_of,
    link_of,
)
from store.domain.audit.chain import Link
from store.domain.audit.entry import AuditEntry, written
from store.errors import Invalid

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=6,
)
DETAILS = {"first": 1, "last": 9, "mac": "ab" * 32, "file": "a.jsonl", "sha256": "0", "count": 9}


def entry(**changed: Any) -> AuditEntry:
    """Return an entry about an archiving, or what a change makes of it."""
    columns: dict[str, Any] = {
        **{"workspace_id": 1, "seq": 10, "at": 1_780_315_427_000, "actor_id": None},
        **{"actor": "operator", "action": "audit.archived", "subject": "9", "revision": 3},
        **{"subject_name": "a.jsonl", "details": DETAILS},
    }
    return AuditEntry(**columns | changed)


def link(**changed: Any) -> Link:
    """Return a link of such an entry."""
    made = entry(**changed)
    return Link(made, written(made.details), b"\x01" * 32, b"\x02" * 32, "pepper")


@given(some.text(), some.none() | some.integers(0, 2**31), some.dictionaries(some.text(), VALUES))
def test_what_is_written_is_read_again(
    text: str, actor_id: int | None, details: dict[str, Any]
) -> None:
    # As a row has them: the text that is stored.
    details = json.loads(written(details))
    made = link(actor=text, subject_name=text, actor_id=actor_id, details=details)
    line = line_of(made)
    assert "\n" not in line
    assert link_of(line).details == made.details
    if details == details:
        assert link_of(line) == made


@given(some.text() | VALUES.map(json.dumps))
def test_any_other_line_holds_no_entry_or_heading(line: str) -> None:
    assert link_of(line) == Link(None)
    with pytest.raises(Invalid):
        heading_of(line, "a.jsonl")


@given(some.sampled_from(sorted(json.loads(line_of(link())))), VALUES)
def test_a_line_in_which_anything_is_changed_is_an_entry_or_none(name: str, value: Any) -> None:
    content = json.loads(line_of(link())) | {name: value}
    found = link_of(json.dumps(content))
    assert found.entry is None or isinstance(found.entry.details, dict)
    del content[name]
    assert link_of(json.dumps(content)) == Link(None)


@given(some.sampled_from([*DETAILS, "more"]), VALUES)
def test_what_an_entry_says_was_archived_is_whole_or_nothing(name: str, value: Any) -> None:
    assert archived_of(entry()) == Archived(**DETAILS)  # type: ignore[arg-type]
    assert archived_of(entry(action="key.created")) is None
    found = archived_of(entry(details={**DETAILS, name: value}))
    assert found is None or found.tie.seq == found.last
    left = {field: one for field, one in DETAILS.items() if field != name}
    assert (archived_of(entry(details=left)) is None) is (name in DETAILS)


@given(some.sampled_from(["workspace", "first", "last", "mac", "more"]), VALUES)
def test_a_heading_is_whole_or_refused(name: str, value: Any) -> None:
    heading = Heading("acme-events", 1, 9, "ab" * 32)
    line = heading_line(heading)
    assert heading_of(line, "a.jsonl") == heading
    with suppress(Invalid):
        found = heading_of(json.dumps(json.loads(line) | {name: value}), "a.jsonl")
        assert 1 <= found.first <= found.last
        assert len(bytes.fromhex(found.mac)) == 32

"""`keydeck audit archive`: the chain goes on, nothing is lost on the way, and nothing is hidden."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from store.domain.audit.chain import anchor as anchor_of
from tests.commands.conftest import Keydeck
from tests.growth.work import tallied
from tests.house import House, meddle
from tests.operations.archives import anchor, findings, numbers, remember


@pytest.fixture
def history(house: House) -> House:
    """A house with an audit of some length."""
    return remember(house)


@pytest.mark.both_engines
def test_a_chain_goes_on_behind_what_was_archived(
    keydeck: Keydeck, history: House, tmp_path: Path
) -> None:
    first, second = (str(tmp_path / f"{name}.jsonl") for name in ("first", "second"))
    early = anchor(history)
    end = keydeck("audit", "anchor").out
    last = anchor_of(end).seq
    done = keydeck("audit", "archive", first, "--until", end, "--json")
    assert done.status == 0
    digest = hashlib.sha256(Path(first).read_bytes()).hexdigest()
    assert done.json["sha256"] == digest
    assert (done.json["first"], done.json["last"], done.json["count"]) == (1, last, last)
    assert Path(first).stat().st_mode & 0o777 == 0o600
    assert numbers(history) == [last + 1]
    assert findings(history) == []
    [said] = history.store.audit_trail.newest(history.alice, limit=1)
    assert (said.action, said.actor, said.subject_name) == (
        "audit.archived",
        "operator",
        "first.jsonl",
    )
    assert said.details["sha256"] == digest
    history.create("Later")
    # Whoever comes again is told the same, and nothing is done twice.
    assert keydeck("audit", "archive", first, "--until", end, "--json").json == done.json
    verified = keydeck("audit", "verify", "--json")
    assert (verified.status, verified.json["trouble"]) == (0, None)
    assert verified.json.get("from", 1) == last + 1
    assert "first.jsonl" in keydeck("audit", "verify").err
    assert "first.jsonl" in keydeck("audit", "export").err
    assert keydeck("audit", "verify", "--archive", first, "--json").json.get("from", 1) == 1
    # An anchor of what was archived: nobody can tell without the file.
    untold = keydeck("audit", "verify", "--anchor", early)
    assert untold.status == 6
    assert "first.jsonl" in untold.err
    assert keydeck("audit", "verify", "--anchor", early, "--archive", first).status == 0
    assert keydeck("audit", "archive", second, "--until", anchor(history)).status == 0
    both = keydeck("audit", "verify", "--archive", second, "--archive", first, "--json")
    assert (both.status, both.json.get("from", 1), both.json["trouble"]) == (0, 1, None)
    alone = keydeck("audit", "verify", "--archive", second, "--json")
    assert (alone.status, alone.json.get("from", 1)) == (0, last + 1)
    # The second one does not hold what the first does, and says so.
    lacking = keydeck("audit", "verify", "--archive", first)
    assert lacking.status == 6
    assert "second.jsonl" in lacking.err
    assert findings(history) == []


def _cut(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1][:-20]]


CHANGES: dict[str, tuple[Callable[[list[str]], list[str]], int, str]] = {
    "cut in a line": (_cut, 1, "was changed"),
    "cut between two": (lambda lines: lines[:-1], 1, "the rest was cut off"),
    "without its last line break": (lambda lines: [*lines[:-1], lines[-1][:-1]], 1, "was changed"),
    "without one": (lambda lines: [*lines[:4], *lines[5:]], 1, "is missing"),
    "two exchanged": (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], 1, "is missing"),
    "one twice": (lambda lines: [*lines, lines[-1]], 1, "is missing"),
    "an actor changed": (
        lambda lines: [*lines[:4], lines[4].replace("alice@", "mallory@", 1), *lines[5:]],
        1,
        "was changed",
    ),
    "bytes that are no text": (lambda lines: [*lines[:4], "\udcff\n", *lines[5:]], 1, "changed"),
    "a heading of another end": (
        lambda lines: [json.dumps(json.loads(lines[0]) | {"mac": "0" * 64}) + "\n", *lines[1:]],
        1,
        "does not end as it begins by saying",
    ),
    "a heading of another workspace": (
        lambda lines: [lines[0].replace("acme-events", "bolt-catering"), *lines[1:]],
        2,
        "bolt-catering",
    ),
    "no heading": (lambda lines: lines[1:], 2, "is no archive"),
    "nothing": (lambda lines: [], 2, "is no archive"),
    "of a later keydeck": (
        lambda lines: [lines[0].replace('archive": 1', 'archive": 2'), *lines[1:]],
        2,
        "later keydeck",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_archive_that_is_not_as_it_was_written_is_told(
    keydeck: Keydeck, history: House, tmp_path: Path, name: str
) -> None:
    change, status, sentence = CHANGES[name]
    file = tmp_path / "audit.jsonl"
    assert keydeck("audit", "archive", str(file), "--until", anchor(history)).status == 0
    lines = file.read_text().splitlines(keepends=True)
    file.write_bytes("".join(change(lines)).encode(errors="surrogateescape"))
    found = keydeck("audit", "verify", "--archive", str(file))
    assert found.status == status, found
    assert sentence in found.out + found.err
    assert "audit.jsonl" in found.out + found.err


def test_an_archive_that_is_missing_or_does_not_follow_is_told(
    keydeck: Keydeck, history: House, tmp_path: Path
) -> None:
    files = [str(tmp_path / f"{number}.jsonl") for number in range(3)]
    for file in files:
        assert keydeck("audit", "archive", file, "--until", anchor(history)).status == 0
    gap = keydeck("audit", "verify", "--archive", files[0], "--archive", files[2])
    assert gap.status == 2
    assert "all in between" in gap.err
    twice = keydeck("audit", "verify", "--archive", files[0], "--archive", files[0])
    assert twice.status == 2
    missing = keydeck("audit", "verify", "--archive", str(tmp_path / "lost.jsonl"))
    assert missing.status == 2
    assert "lost.jsonl cannot be read" in missing.err
    both = keydeck("audit", "verify", "--archive", files[0], "--from", anchor(history))
    assert both.status == 2


def test_an_audit_that_somebody_changed_is_not_archived(
    keydeck: Keydeck, history: House, tmp_path: Path
) -> None:
    end = anchor(history)
    meddle(history, "UPDATE audit SET actor = 'nobody' WHERE workspace_id = 1 AND seq = 4")
    refused = keydeck("audit", "archive", str(tmp_path / "audit.jsonl"), "--until", end)
    assert refused.status == 5
    assert "Entry 4 was changed" in refused.err
    assert list(tmp_path.glob("*.jsonl*")) == []
    assert numbers(history)[0] == 1


@pytest.mark.parametrize(
    ("until", "status", "said"),
    [
        ("acme-events 3 " + "0" * 64, 2, "not the one that the anchor was made of"),
        ("bolt-catering 3 " + "0" * 64, 2, "bolt-catering"),
        ("acme-events 4000 " + "0" * 64, 2, "not the one"),
        ("yesterday", 2, "neither an anchor"),
        ("2026-02-31", 2, "neither an anchor"),
        ("2001-01-31", 5, "No entry up to there"),
    ],
)
def test_up_to_where_is_told_exactly(
    keydeck: Keydeck,
    history: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    until: str,
    status: int,
    said: str,
) -> None:
    monkeypatch.setenv("KEYDECK_WORKSPACE", "acme-events")
    refused = keydeck("audit", "archive", str(tmp_path / "audit.jsonl"), "--until", until)
    assert refused.status == status
    assert said in refused.err
    assert list(tmp_path.glob("*.jsonl*")) == []
    assert numbers(history)[0] == 1


def test_a_day_is_archived_to_its_end(
    keydeck: Keydeck, history: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYDECK_WORKSPACE", "acme-events")
    last = numbers(history)[-1]
    history.clock.advance(24 * 3_600_000)
    history.create("A day later")
    day = keydeck("audit", "archive", str(tmp_path / "a.jsonl"), "--until", "2026-11-24")
    assert day.status == 0
    assert numbers(history)[:2] == [last + 1, last + 2]


def test_a_file_of_somebody_elses_is_left_alone(
    keydeck: Keydeck, history: House, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("a shopping list\n")
    refused = keydeck("audit", "archive", str(file), "--until", anchor(history))
    assert refused.status == 2
    assert "exists already" in refused.err
    assert file.read_text() == "a shopping list\n"
    assert numbers(history)[0] == 1


@pytest.mark.both_engines
def test_from_an_anchor_on_no_more_is_read_than_was_written_since(history: House) -> None:
    trail, alice = history.store.audit_trail, history.alice
    for number in range(300):
        history.store.operator.set_colour("acme-events", ("red", "blue")[number % 2])
    since = trail.anchor(alice)
    history.create("Later")
    read = []
    for begun in (None, since):
        with tallied() as tally:
            found = trail.verify(alice, since=begun)
        assert found.trouble is None
        read.append(max(work.amount for work in tally.most.values()))
    assert 3 * read[1] < read[0]


def test_from_an_anchor_on_what_is_wrong_is_told(keydeck: Keydeck, history: House) -> None:
    since = anchor(history)
    history.create("Later")
    seq = anchor_of(since).seq
    assert keydeck("audit", "verify", "--from", since, "--json").json.get("from", 1) == seq + 1
    forged = f"acme-events {seq} {'0' * 64}"
    assert keydeck("audit", "verify", "--from", forged).status == 1
    ahead = f"acme-events {seq + 90} {'0' * 64}"
    cut_off = keydeck("audit", "verify", "--from", ahead)
    assert cut_off.status == 1
    assert "cut off" in cut_off.out
    older = f"acme-events {seq - 2} {'0' * 64}"
    assert keydeck("audit", "verify", "--from", since, "--anchor", older).status == 2
    meddle(history, f"UPDATE audit SET actor = 'no' WHERE workspace_id = 1 AND seq = {seq + 1}")
    found = keydeck("audit", "verify", "--from", since)
    assert found.status == 1
    assert f"Entry {seq + 1} was changed" in found.out

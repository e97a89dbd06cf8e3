"""`keydeck scan`: whose key is it, does it still work, and no more of it than people are shown."""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from store.domain.foreign import known
from store.domain.key_string import Secret, mint
from store.domain.keys import State
from store.domain.people import Role
from store.domain.times import DAY
from store.service.importing import Asked, ForeignKey
from store.service.keys import NewKey
from store.service.leaks import LeakReports, Reported
from tests.commands.conftest import Keydeck
from tests.house import PASSWORD, House, granted_scopes

GITLEAKS = Path(sys.executable).with_name("gitleaks")


def test_a_live_key_is_named_and_the_exit_code_is_1(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    issued = house.create("Zapier", "events:read")
    key = issued.secret.reveal()
    stranger = mint("jw").key.reveal()
    (tmp_path / "app.log").write_text(f"one\ntoken={key}\n{stranger} {key[:-1]}\n")
    done = keydeck("scan", str(tmp_path))
    assert done.status == 1
    [row] = [line for line in done.out.splitlines() if "Zapier" in line]
    for said in (f"jw_{issued.key.id[:5]}…", "active", "acme-events", "events:read", "app.log:2"):
        assert said in row
    assert "unknown" in done.out
    as_json = keydeck("scan", str(tmp_path), "--json")
    assert as_json.status == 1
    known = {one["key"]: one for one in as_json.json}[f"jw_{issued.key.id[:5]}…"]
    assert known["live"] is True
    assert known["known"]["name"] == "Zapier"
    for out in (done.out, done.err, as_json.out):
        for text in (key, stranger):
            assert text[:9] not in out
    [entry, *_] = house.store.audit_trail.newest(house.alice, limit=1)
    assert (entry.action, entry.details["places"]) == (
        "key.found_leaked",
        [f"{tmp_path}/app.log:2"],
    )


def test_dead_keys_and_those_of_other_workspaces_are_no_finding(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    dead = house.create("Old")
    house.store.keys.revoke(house.alice, dead.key.id)
    bolts = house.create("Bolt's", actor=house.bob)
    # The id of a real key with a secret that is not its own proves nothing.
    forged = mint("jw", house.create("Live").key.id)
    text = " ".join(one.reveal() for one in (dead.secret, bolts.secret, forged.key))
    (tmp_path / "notes").write_text(text)
    done = keydeck("scan", str(tmp_path / "notes"), "--json")
    assert done.status == 0
    assert [one["known"] and one["known"]["state"] for one in done.json] == ["revoked", None, None]
    assert "Bolt" not in done.out


def test_keys_of_every_workspace_one_manages_are_known_and_revoked_there(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
    labs = house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD), "acme-labs")
    issued = house.create("Probe", actor=labs)
    (tmp_path / "notes").write_text(issued.secret.reveal())
    asked = keydeck("scan", str(tmp_path / "notes"), "--revoke", "--workspace", "acme-events")
    assert "say --yes" in asked.err
    assert house.store.keys.show(labs, issued.key.id).revoked_at is None
    done = keydeck(
        "scan", str(tmp_path / "notes"), "--revoke", "--yes", "--workspace", "acme-events"
    )
    assert (done.status, "“Probe” is revoked." in done.err) == (1, True)
    key = house.store.keys.show(labs, issued.key.id)
    assert key.state(house.clock.now()) is State.REVOKED
    assert key.revoke_reason == "found by keydeck scan"


def test_revoked_on_the_way_a_key_is_told_of_as_it_is_afterwards(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    (tmp_path / "notes").write_text(house.create("Zapier").secret.reveal())
    done = keydeck("scan", str(tmp_path), "--revoke", "--yes", "--json")
    # A live key was found, whatever became of it.
    assert done.status == 1
    [one] = done.json
    assert (one["live"], one["known"]["state"]) == (False, "revoked")


def test_a_key_that_cannot_be_revoked_keeps_no_other_alive(
    keydeck: Keydeck, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = [house.create(name) for name in ("First", "Second")]
    (tmp_path / "notes").write_text(" ".join(one.secret.reveal() for one in issued))

    def meanwhile(*_: object, **__: object) -> None:
        house.store.keys.revoke(house.alice, issued[0].key.id)

    monkeypatch.setattr("console.commands.scan.ask", meanwhile)
    done = keydeck("scan", str(tmp_path / "notes"), "--revoke")
    assert done.status == 1
    first, second, then = done.err.splitlines()[-3:]
    assert first.startswith("“First” was not revoked: ")
    assert second == "“Second” is revoked."
    assert then.startswith("In force at once")


def test_standard_input_is_looked_at_too(keydeck: Keydeck, house: House) -> None:
    done = keydeck("scan", "-", given=f"a\nb {house.create('Website').secret.reveal()}")
    assert done.status == 1
    assert "stdin:2" in done.out


def test_what_cannot_be_looked_at_is_said_with_6(keydeck: Keydeck, tmp_path: Path) -> None:
    done = keydeck("scan", str(tmp_path / "nowhere"))
    assert (done.status, done.err.splitlines()[0]) == (
        6,
        f"{tmp_path}/nowhere could not be looked at: No such file or directory.",
    )
    assert keydeck("scan", str(tmp_path), "--git").status == 6
    assert keydeck("scan").status == 2


def test_where_nobody_looked_it_never_says_none(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    mia = house.add_member("mia@acme.example")
    (tmp_path / "app.log").write_text(house.create("Zapier").secret.reveal())
    # As a member of the only workspace she could be told nothing.
    refused = keydeck("scan", str(tmp_path / "app.log"), email="mia@acme.example")
    assert (refused.status, refused.out) == (3, "")
    assert "Only workspace admins and viewers can see whose a key is" in refused.err

    # As an admin of another one, that it is a key of a workspace whose keys she does not manage.
    house.accept(house.bob, mia, Role.ADMIN)
    hers = ("scan", str(tmp_path / "app.log"), "--workspace", "bolt-catering")
    done = keydeck(*hers, email="mia@acme.example")
    assert done.status == 6
    assert "A key of acme-events was found, and whether it works was not looked at" in done.err
    assert "Zapier" not in done.out + done.err
    [told] = keydeck(*hers, "--json", email="mia@acme.example").json
    assert (told["live"], told["known"]) == (None, None)
    assert "acme-events" in told["unread"]


def test_what_was_found_and_what_was_not_looked_at_are_both_told(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    (tmp_path / "app.log.1").write_bytes(gzip.compress(b"nobody looks in here"))
    only = keydeck("scan", str(tmp_path))
    assert (only.status, only.out) == (6, "")
    assert only.err.splitlines() == [
        f"{tmp_path}/app.log.1 could not be looked at: it is packed, and what is in it was not "
        "looked at.",
        "No key found in what could be looked at.",
    ]
    (tmp_path / "app.log").write_text(house.create("Zapier").secret.reveal())
    both = keydeck("scan", str(tmp_path), "--json")
    assert both.status == 1
    assert [(one["live"], one["unread"] is None) for one in both.json] == [
        (True, True),
        (None, False),
    ]
    assert both.json[1]["places"] == [f"{tmp_path}/app.log.1"]


def test_that_a_history_was_not_looked_at_is_said(keydeck: Keydeck, tmp_path: Path) -> None:
    (tmp_path / "site" / ".git").mkdir(parents=True)
    done = keydeck("scan", str(tmp_path))
    assert done.status == 0
    assert done.err.splitlines() == [
        "No key found.",
        f"Not the history of {tmp_path}/site: add --git for that.",
    ]


@pytest.mark.parametrize(
    "given", [("scan", "x"), ("keys", "due"), ("can", "Zapier", "GET", "/api/v1/events")]
)
@pytest.mark.parametrize("what", ["a store that is not there", "a defect"])
def test_where_1_is_a_finding_a_failure_is_6(
    keydeck: Keydeck, given: tuple[str, ...], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError

    if what == "a defect":
        monkeypatch.setattr("console.commands.line.Line.signed_in", broken)
        done = keydeck(*given)
    else:
        done = keydeck("--store", "sqlite:////nowhere/store.db", *given)
    assert (done.status, done.out, done.err.count("\n")) == (6, "", 1)


def test_the_rule_for_github_fits_a_key_and_nothing_shorter(keydeck: Keydeck) -> None:
    import re

    said = json.loads(keydeck("scan", "--rules", "github", password="").out)
    assert re.fullmatch(said["pattern"], mint("jw").key.reveal())
    assert re.fullmatch(said["pattern"], said["test_string"])
    assert not re.fullmatch(said["pattern"], mint("jw").key.reveal()[:-1])


@pytest.mark.skipif(not GITLEAKS.exists(), reason="its package has no build for this machine")
def test_gitleaks_itself_finds_a_key_by_our_rule(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    rule = tmp_path / "rule.toml"
    rule.write_text(keydeck("scan", "--rules", "gitleaks", password="").out)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "app.py").write_text(f"KEY = '{house.create('Website').secret.reveal()}'\n")
    report = tmp_path / "report.json"
    ran = subprocess.run(
        [GITLEAKS, "dir", folder, "--config", rule, "--report-path", report, "--redact"],
        capture_output=True,
    )
    assert ran.returncode == 1, ran.stderr
    [found] = json.loads(report.read_text())
    assert found["RuleID"] == "keydeck-jw-key"


def test_a_report_after_a_scan_is_written_down_and_what_is_no_leak_is_dismissed(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    issued = house.create("Zapier")
    (tmp_path / "app.log").write_text(issued.secret.reveal())
    assert keydeck("scan", str(tmp_path)).status == 1
    reports, url = LeakReports(house.store.transactions), "https://paste.example/1"
    for _ in range(2):
        reports.take(Reported(issued.secret, "10.0.3.7", url, "content"))
    told = [one.action for one in house.store.audit_trail.newest(house.alice, limit=2)]
    assert told == ["leak.reported", "key.found_leaked"]
    shown = keydeck("keys", "show", "Zapier").out
    assert f"{url}, told by 10.0.3.7" in shown
    assert f"{tmp_path}/app.log:1, found by alice@acme.example" in shown
    assert "whoever found it can use it" in keydeck("keys", "rotate", "Zapier").err
    dismissed = keydeck("leaks", "dismiss", issued.key.id, "--reason", "a test", "--json")
    assert "leaked" not in dismissed.json["notes"]
    assert keydeck("leaks", "dismiss", issued.key.id, "--reason", "a test").status == 2
    entry = house.store.keys.details(house.alice, issued.key.id).history[0]
    assert (entry.action, entry.details) == ("leak.dismissed", {"reason": "a test"})


def test_a_key_that_was_brought_along_is_found_by_what_all_of_them_begin_with(
    keydeck: Keydeck, house: House, tmp_path: Path
) -> None:
    value, elsewhere, hidden = "acme_live_4eC39HqLyjWDarjt", "acme_live_of_another_1", "no prefix 1"
    wanted = [
        ForeignKey(
            number,
            NewKey(name, granted_scopes("events:read"), house.clock.now() + 90 * DAY),
            known("sha256-hex", Secret(hashlib.sha256(text.encode()).hexdigest())),
        )
        for number, (name, text) in enumerate((("Brought", value), ("Bare", hidden)))
    ]
    house.store.imports.bring(house.alice, wanted[:1], Asked("acme_live_"))
    (tmp_path / "app.log").write_text(
        f"one\nkey={value}. {elsewhere} {hidden}\nid=acme_live_{'x' * 9}"
    )
    done = keydeck("scan", str(tmp_path), "--json")
    assert done.status == 1
    [finding] = done.json
    assert (finding["known"]["name"], finding["live"]) == ("Brought", True)
    assert finding["places"] == [f"{tmp_path}/app.log:2"]
    for out in (done.out, done.err, keydeck("scan", str(tmp_path)).out):
        assert value[:16] not in out
    key = house.store.keys.show(house.alice, "Brought")
    assert key.leaked_at is not None
    assert keydeck("scan", str(tmp_path), "--revoke", "--yes").status == 1
    assert house.store.keys.show(house.alice, key.id).state(house.clock.now()) is State.REVOKED
    # Of what was brought along without saying how it begins any word could be one.
    house.store.imports.bring(house.bob, wanted[1:])
    assert keydeck("scan", str(tmp_path), "--json").status == 0

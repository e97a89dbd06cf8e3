"""Each verb that restricts, of all keys that a filter finds: foretold with evidence, then done."""

from typing import Any, NamedTuple

import pytest

from console.commands import many
from console.commands import stop as stop_command
from console.commands.ending import ENDS
from store.domain.key_networks import key_networks
from store.domain.limits import limits
from store.domain.people import Plan, Role
from store.domain.stops import StopKind, Target
from store.domain.times import DAY, HOUR
from store.persistence.database.reserve import Reserve
from store.service import stops
from tests.commands.conftest import Keydeck
from tests.commands.test_ending import SitDown, chair, sitting
from tests.house import House, use

__all__ = ["chair", "sitting"]

FILTER = ("--filter", "for:mia")


class Asked(NamedTuple):
    """A change of many, and what it says of what becomes."""

    verb: str
    given: tuple[str, ...]
    becomes: str
    field: str


VERBS = (
    Asked("keys limit", ("2/1d",), "each used 2 times a day; what is more is refused", "limits"),
    Asked(
        "keys network",
        ("203.0.113.0/24", "--enforce"),
        "held to 203.0.113.0/24, others are refused",
        "networks",
    ),
    Asked(
        "keys scope",
        ("--scope", "quotes:read"),
        "granted quotes:read and nothing else",
        "scopes",
    ),
    Asked("keys expire", ("--in", "1d"), "expire ", "expires_at"),
    Asked("keys start", ("--in", "2d"), "work from ", "not_before"),
    Asked("keys revoke", (), "revoked", "revoked_at"),
)


@pytest.fixture
def keys(house: House) -> list[str]:
    """Two keys of mia, of which one is used, and one of nobody."""
    for name in ("One", "Two"):
        issued = house.create(name)
        house.store.belonging.set_owner(house.alice, issued.key.id, "mia").unwaited()
        if name == "Two":
            use(house, issued.key, "availability:read", times=3)
    house.create("Other")
    return ["One", "Two"]


@pytest.mark.parametrize("asked", VERBS, ids=lambda asked: asked.verb)
def test_many_are_foretold_and_then_changed(
    keydeck: Keydeck, house: House, keys: list[str], asked: Asked
) -> None:
    if asked.verb == "keys start":
        for name in keys:
            house.store.keys.revoke(house.alice, name).unwaited()
            made = ("keys", "create", "--name", name, "--scope", "events:read", "--for", "mia")
            keydeck(*made, "--not-before", "1d")
    words = (*asked.verb.split(), *FILTER, *asked.given)
    before = _all(keydeck)
    foretold = keydeck(*words, "--dry-run")
    assert "2 keys would " in foretold.err
    assert asked.becomes in foretold.err
    assert foretold.err.endswith("Nothing was changed.\n")
    named = [line.split()[-1] for line in foretold.out.splitlines() if not line.startswith(" ")]
    assert named == keys
    would = keydeck(*words, "--dry-run", "--json").json
    assert _all(keydeck) == before
    if asked.verb != "keys start":
        assert [one["key"] for one in would["foreseen"]] == [key["id"] for key in would["changed"]]
    done = keydeck(*words, "--json").json
    assert [key["name"] for key in done["changed"]] == keys
    for key, foreseen in zip(done["changed"], would["changed"], strict=True):
        assert key[asked.field] != before[key["name"]][asked.field]
        if asked.field not in ("expires_at", "revoked_at", "not_before"):
            assert key[asked.field] == foreseen[asked.field]
    assert _all(keydeck)["Other"] == before["Other"]


def test_evidence_of_each_key_is_told_before_one_is_asked(
    sitting: SitDown, keydeck: Keydeck, keys: list[str]
) -> None:
    cut = keydeck("keys", "expire", *FILTER, "--in", "1d", "--dry-run").out.splitlines()
    assert cut[1] == "  Nobody was seen to call with it in the last 30 days."
    assert cut[-1].startswith("  It cuts off 1 caller seen in the last 30 days: 3 requests")
    limited = keydeck("keys", "limit", *FILTER, "2/1d", "--dry-run").out
    assert "  2 a day: would have refused 1 request " in limited
    for asked in VERBS:
        if asked.verb not in ENDS:
            continue
        sat = sitting(*asked.verb.split(), *FILTER, *asked.given, answers=("n",))
        assert sat.questions == 1, sat.screen
        assert "“One”" in sat.screen
        assert "2 keys" in sat.screen
    assert [key["revoked_at"] for key in _all(keydeck).values()] == [None] * 3


def test_those_that_a_filter_finds_are_stopped_and_let_go_on(
    keydeck: Keydeck, keys: list[str]
) -> None:
    assert keydeck("stop", *FILTER, "--dry-run", "--json").json["active"] == 2
    stopped = keydeck("stop", *FILTER, "--json").json["stopped"]
    assert [(one["of"], one["name"]) for one in stopped] == [("key", name) for name in keys]
    keydeck("keys", "owner", "Other", "mia")
    resumed = keydeck("resume", *FILTER, "--reason", "over", "--yes", "--json").json["resumed"]
    assert [one["name"] for one in resumed] == keys
    assert keydeck("stop", "--all", *FILTER).status == 2
    assert keydeck("stop", "--filter", "").status == 2


@pytest.mark.parametrize(
    ("verb", "at_once"),
    [(("stop",), 1000), (("stop",), 1), (("keys", "limit"), 1000), (("keys", "revoke"), 1000)],
)
def test_a_key_that_ended_while_it_was_asked_is_named_and_the_others_go_on(
    keydeck: Keydeck,
    house: House,
    keys: list[str],
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
    at_once: int,
) -> None:
    monkeypatch.setattr(stops, "MOST_AT_ONCE", at_once)

    def ask(*_: object) -> None:
        house.store.keys.revoke(house.alice, "One").unwaited()

    for module in (many, stop_command):
        monkeypatch.setattr(module, "asks", lambda _: True)
        monkeypatch.setattr(module, "ask", ask)
    done = keydeck(*verb, *FILTER, *(("2/1d",) if verb[-1] == "limit" else ()))
    assert (done.status, "1 key ended meanwhile: One." in done.err) == (0, True), done.err
    two = keydeck("keys", "show", "Two", "--json").json
    changed = {"stop": "stopped" in two["notes"], "limit": two["limits"]}
    assert changed.get(verb[-1], two["revoked_at"]), "the other one was to be changed"
    # Where none is left of those that were found, there is nothing to go on with.
    monkeypatch.setattr(stop_command, "ask", lambda *_: house.store.keys.revoke(house.alice, "Two"))
    if verb == ("stop",):
        house.store.stops.resume(house.alice, [Target(StopKind.KEY, "Two")])
        assert keydeck("stop", *FILTER).status == 5


def test_what_takes_away_finds_keys_on_any_plan_and_more_than_are_stopped_at_once(
    keydeck: Keydeck, house: House, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house.store.operator.set_plan("acme-events", Plan.FREE).unwaited()
    monkeypatch.setattr(stops, "MOST_AT_ONCE", 1)
    keydeck("stop", "Two")
    assert keydeck("stop", *FILTER, "--dry-run", "--json").json["active"] == 2
    stopped = keydeck("stop", *FILTER, "--json").json["stopped"]
    assert [one["name"] for one in stopped] == ["One"]
    again = keydeck("stop", *FILTER)
    assert (again.status, "already stopped" in again.err) == (5, True), again.err
    standing = keydeck("resume", *FILTER, "--dry-run", "--json").json["stopped"]
    assert [one["name"] for one in standing] == keys
    assert len(keydeck("resume", *FILTER, "--json").json["resumed"]) == 2
    assert keydeck("resume", *FILTER).status == 5
    would = keydeck("keys", "revoke", *FILTER, "--dry-run", "--json").json
    assert [key["name"] for key in would["changed"]] == keys
    done = keydeck("keys", "revoke", *FILTER, "--json").json
    assert [key["state"] for key in done["changed"]] == ["revoked"] * 2
    assert keydeck("keys", "label", *FILTER, "tier=gold").status == 5


def test_a_viewer_is_told_which_keys_and_a_full_disk_s_reserve_is_left_alone(
    keydeck: Keydeck, house: House, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_member("vera@acme.example", Role.VIEWER)
    vera = {"email": "vera@acme.example"}
    labelled = ("keys", "label", *FILTER, "tier=gold")
    would = keydeck(*labelled, "--dry-run", **vera)
    assert would.err.startswith("2 keys would be labelled tier=gold. Nothing was changed. Whether")
    told = keydeck(*labelled, "--dry-run", "--json", **vera).json
    assert ([key["name"] for key in told["changed"]], told["tried"]) == (keys, False)
    limited = keydeck("keys", "limit", *FILTER, "2/1d", "--dry-run", **vera)
    assert "  2 a day: would have refused 1 request " in limited.out
    assert keydeck(*labelled, **vera).status == 3
    given: list[Reserve] = []
    give = Reserve.give

    def giving(reserve: Reserve) -> bool:
        given.append(reserve)
        return give(reserve)

    monkeypatch.setattr(Reserve, "give", giving)
    assert keydeck("keys", "revoke", *FILTER, "--dry-run").status == 0
    assert given == []
    assert keydeck("keys", "revoke", *FILTER).status == 0
    assert len(given) == 2


def test_networks_that_were_seen_are_of_each_key_its_own(keydeck: Keydeck, keys: list[str]) -> None:
    done = keydeck("keys", "network", *FILTER, "--from-seen", "30d", "--json")
    assert done.status == 5
    assert [key["name"] for key in done.json["changed"]] == ["Two"]
    assert [one["name"] for one in done.json["refused"]] == ["One"]
    held = keydeck("keys", "network", "--filter", "note:observing", "--enforce")
    assert "1 key is held to their networks, others are refused" in held.err


@pytest.mark.parametrize("verb", ["network", "limit"])
def test_what_another_admin_changed_while_it_was_asked_is_what_is_enforced(
    keydeck: Keydeck, house: House, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    old = house.create("One").key
    before = {"network": ("203.0.113.0/24",), "limit": ("9/1d?",)}[verb]
    keydeck("keys", verb, "One", *before)
    keydeck("keys", "rotate", "One", "--json")

    def ask(*_: object) -> None:
        if verb == "network":
            networks = key_networks(["198.51.100.0/24"], enforced=False)
            house.store.restrictions.set_networks(house.alice, old.id, networks).unwaited()
        else:
            house.store.limits.set_key(house.alice, old.id, limits(["5/1d?"])).unwaited()

    monkeypatch.setattr(many, "asks", lambda _: True)
    monkeypatch.setattr(many, "ask", ask)
    done = keydeck("keys", verb, "--filter", "note:observing", "--enforce", "--json")
    assert (done.status, len(done.json["changed"]), done.json["refused"]) == (0, 2, [])
    for key in done.json["changed"]:
        held = {"ranges": ["198.51.100.0/24"], "enforced": True}
        assert key["networks"] == (held if verb == "network" else None)
        assert key["limits"] == (["5/1d"] if verb == "limit" else [])


def test_why_a_key_cannot_have_it_is_told_among_the_others_before_one_is_asked(
    sitting: SitDown, keydeck: Keydeck, house: House
) -> None:
    house.create("One")
    house.create("Two")
    keydeck("keys", "network", "Two", "203.0.113.0/24")
    keydeck("keys", "limit", "One", "9/1d", "--observe")
    observing = ("keys", "network", "--filter", "note:observing", "--enforce")
    sat = sitting(*observing, answers=("y",))
    assert sat.questions == 1, sat.screen
    assert "No networks are set" in sat.screen
    assert "1 key is held to their networks" in sat.screen
    house.store.limits.set_key(house.alice, "Two", ()).unwaited()
    counted = sitting("keys", "limit", "--filter", "state:active", "100/1m?")
    assert (counted.questions, counted.status) == (0, 0), counted.screen


def test_who_went_on_to_the_successor_is_not_cut_off_by_a_shorter_overlap(
    keydeck: Keydeck, house: House
) -> None:
    old = house.create("Zapier").key
    use(house, old, "availability:read", times=3)
    rotated = house.store.rotations.rotate(house.alice, old.id, overlap_ms=7 * DAY)
    new = rotated.unwaited().successor
    extend = ("rotations", "extend", "Zapier", "--overlap")
    foretold = keydeck(*extend, "1h", "--dry-run")
    assert "It cuts off 1 caller seen in the last 30 days: 3 requests" in foretold.out
    house.clock.advance(HOUR)
    use(house, new, "availability:read", times=2)
    foretold = keydeck(*extend, "1h", "--dry-run")
    assert "It cuts off 1 caller seen in the last 30 days: 3 requests" in foretold.out
    house.clock.advance(DAY)
    use(house, new, "availability:read")
    foretold = keydeck(*extend, "1h", "--dry-run", "--json").json
    assert (foretold["refused"], len(foretold["admitted"])) == ([], 1)
    assert foretold["sentence"] == (
        "Nobody else was seen to call with it in the last 30 days. "
        "1 caller went on to its successor."
    )
    assert keydeck(*extend, "30d", "--dry-run").out == "A later end cuts nobody off.\n"
    assert keydeck(*extend, "0s", "--dry-run").status == 2
    ends = keydeck("rotations", "show", "Zapier", "--json").json["overlap_ends_at"]
    assert ends == keydeck("rotations", "list", "--json").json[0]["overlap_ends_at"]


def _all(keydeck: Keydeck) -> dict[str, Any]:
    return {key["name"]: key for key in keydeck("keys", "list", "--state", "active", "--json").json}

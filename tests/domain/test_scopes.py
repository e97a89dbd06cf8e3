"""Scopes: how they are written, what they allow, and that no action implies another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.scopes import (
    MOST_ACTIONS,
    OURS,
    READ,
    USUAL,
    WRITE,
    Resource,
    Scope,
    canonical,
    check_actions,
    check_known,
    checked_actions,
    from_canonical,
    in_words,
    is_action,
    short,
)
from store.domain.scopes import scope as one_scope
from store.domain.scopes import scopes as many
from store.errors import Invalid, NoSuchAction, NoSuchResource

ACTIONS = st.one_of(
    st.sampled_from(USUAL),
    st.from_regex(r"[a-z][a-z0-9_-]{0,39}", fullmatch=True).filter(is_action),
)
"""Those of ours, and whatever somebody may call one."""
NAMES = st.sampled_from([*(one.name for one in OURS), "invoices", "read", "r"])
ANY = st.frozensets(st.builds(Scope, NAMES, ACTIONS), min_size=1)
OF_OURS = st.frozensets(
    st.builds(Scope, st.sampled_from([one.name for one in OURS]), st.sampled_from(USUAL)),
    min_size=1,
)
INVOICES = Resource("invoices", "Invoices", False, ("read", "write", "delete", "mark-paid"))


def catalogue_of(granted: frozenset[Scope]) -> list[Resource]:
    """Return a catalogue that has just these scopes."""
    return [
        Resource(
            name, name, False, tuple(one.action for one in sorted(granted) if one.resource == name)
        )
        for name in {one.resource for one in granted}
    ]


def written_out(shown: list[str]) -> frozenset[Scope]:
    """Return what `short` has made short, read as its docstring says it is written."""
    found = set()
    for entry in shown:
        resource, _, actions = entry.partition(":")
        first, *rest = actions.split(",")
        letters = first in ("r", "w", "rw")
        usual = [{"r": READ, "w": WRITE}[letter] for letter in first] if letters else [first]
        found |= {Scope(resource, action) for action in (*usual, *rest)}
    return frozenset(found)


@given(ANY)
def test_what_is_stored_reads_back_the_same_whatever_actions_are_called(
    granted: frozenset[Scope],
) -> None:
    assert from_canonical(canonical(granted)) == granted
    assert many([canonical(granted)], catalogue_of(granted)) == granted
    assert canonical(granted) == " ".join(sorted(map(str, granted), key=lambda one: one.split(":")))


@given(ANY)
def test_what_the_table_shows_tells_every_scope_and_no_other(granted: frozenset[Scope]) -> None:
    assert written_out(short(granted)) == granted
    assert len(short(granted)) == len({one.resource for one in granted})


@given(ANY)
def test_each_action_that_is_granted_is_said_once_with_its_resources(
    granted: frozenset[Scope],
) -> None:
    said = in_words(granted)
    for action in {one.action for one in granted} - set(USUAL):
        first = min(one.resource for one in granted if one.action == action)
        assert f"{action.replace('-', ' ').replace('_', ' ')} {first}" in said
    blind = {one.resource for one in granted} - {
        one.resource for one in granted if one.action == READ
    }
    assert ("Cannot view" in said) == bool(blind)
    assert ("Cannot create or edit" in said) == all(one.action == READ for one in granted)


@given(ANY, NAMES, ACTIONS)
def test_no_action_implies_another(granted: frozenset[Scope], name: str, action: str) -> None:
    one = Scope(name, action)
    without = catalogue_of(granted - {one})
    with pytest.raises((NoSuchAction, NoSuchResource)):
        check_known(granted | {one}, without)


@given(OF_OURS)
def test_what_is_stored_reads_back_the_same(granted: frozenset[Scope]) -> None:
    assert from_canonical(canonical(granted)) == granted
    assert many([canonical(granted)], OURS) == granted


@given(OF_OURS)
def test_the_stored_form_does_not_depend_on_the_order(granted: frozenset[Scope]) -> None:
    words = [str(one) for one in granted]
    assert canonical(many(words, OURS)) == canonical(many(reversed(words), OURS))


def test_write_does_not_imply_read() -> None:
    granted = many(["events:write"], OURS)
    assert one_scope("events:write") in granted
    assert one_scope("events:read") not in granted


@pytest.mark.parametrize(
    "given_as", [["events:read quotes:write"], ["events:read", "quotes:write"]]
)
def test_several_may_come_in_one_word_or_in_many(given_as: list[str]) -> None:
    assert canonical(many(given_as, OURS)) == "events:read quotes:write"


@pytest.mark.parametrize(
    "text",
    [
        *("", "events", "events:", ":read", "events:READ", "events:read:write", "events:r"),
        *("events:w", "events:rw", "events:2x", "events:-x", "events:a b", "events:löschen"),
        *("events:delete\n", f"events:{'a' * 41}", "events:délete"),
    ],
)
def test_what_is_not_a_scope_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="resource:action"):
        one_scope(text)


def test_an_action_that_a_resource_lacks_is_refused_with_those_it_has() -> None:
    granted = many(["invoices:delete invoices:read"], [*OURS, INVOICES])
    assert canonical(granted) == "invoices:delete invoices:read"
    with pytest.raises(NoSuchAction, match=r"has no action “delte”\. Did you mean invoices:delete"):
        many(["invoices:delte"], [INVOICES])
    with pytest.raises(NoSuchAction) as refused:
        many(["events:delete"], OURS)
    assert (refused.value.resource, refused.value.action) == ("events", "delete")
    assert refused.value.known == USUAL
    assert str(refused.value) == "“events” has no action “delete”. It has: read, write."


def test_actions_stand_in_the_order_in_which_they_are_named_but_read_first() -> None:
    assert checked_actions(["write,delete read", "archive,delete"]) == (
        *("read", "write", "delete", "archive"),
    )
    assert checked_actions([""]) == ()


@pytest.mark.parametrize("text", ["r", "w", "rw", "Delete", "9", "a" * 41, "read:write", "*"])
def test_what_cannot_be_an_action_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checked_actions(["read", text])


def test_a_resource_has_one_action_at_least_and_sixteen_at_most() -> None:
    check_actions(("run",))
    check_actions(tuple(f"a{number}" for number in range(MOST_ACTIONS)))
    with pytest.raises(Invalid, match="one action at least"):
        check_actions(())
    with pytest.raises(Invalid, match="16 actions at most"):
        check_actions(tuple(f"a{number}" for number in range(MOST_ACTIONS + 1)))


def test_a_key_is_granted_something() -> None:
    with pytest.raises(Invalid, match="at least one"):
        many(["  "], OURS)


def test_what_the_table_shows_is_taken() -> None:
    for written in ("events:read events:write quotes:read", "invoices:write invoices:delete"):
        granted = many([written], [*OURS, INVOICES])
        for shown in (
            " ".join(short(granted)),
            ", ".join(short(granted)),
            ",".join(short(granted)),
        ):
            assert many([shown], [*OURS, INVOICES]) == granted


def test_an_unknown_resource_comes_with_the_known_ones() -> None:
    with pytest.raises(NoSuchResource, match="availability, events, quotes"):
        many(["invoices:read"], OURS)
    theirs = Resource("invoices", "Invoices", builtin=False)
    assert canonical(many(["invoices:read"], [*OURS, theirs])) == "invoices:read"


def test_the_table_shows_one_entry_a_resource() -> None:
    assert short(many(["quotes:read events:write events:read"], OURS)) == ["events:rw", "quotes:r"]
    granted = many(["invoices:mark-paid invoices:write invoices:delete"], [INVOICES])
    assert short(granted) == ["invoices:w,delete,mark-paid"]
    assert short(frozenset({Scope("invoices", "delete")})) == ["invoices:delete"]


@pytest.mark.parametrize(
    ("granted", "said"),
    [
        ("availability:read", "Can view availability. Cannot create or edit anything."),
        ("events:write", "Can create and edit events. Cannot view events."),
        ("events:read events:write", "Can view events and create and edit events."),
        (
            "availability:read events:read quotes:read quotes:write",
            "Can view availability, events and quotes and create and edit quotes.",
        ),
        ("invoices:read invoices:delete", "Can view invoices and delete invoices."),
        (
            "events:read invoices:mark-paid quotes:read quotes:write",
            "Can view events and quotes, create and edit quotes and mark paid invoices."
            " Cannot view invoices.",
        ),
    ],
)
def test_scopes_are_said_in_plain_words(granted: str, said: str) -> None:
    assert in_words(many([granted], [*OURS, INVOICES])) == said


def test_no_scope_at_all_is_said_too() -> None:
    assert in_words(frozenset()) == "Can do nothing."


def test_whatever_comes_with_the_store_is_told_from_what_an_installation_added() -> None:
    assert all(resource.builtin for resource in OURS)

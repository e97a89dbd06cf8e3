"""Scopes: how they are written, what they allow, and that write does not imply read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.scopes import (
    OURS,
    Access,
    Resource,
    Scope,
    canonical,
    from_canonical,
    in_words,
    short,
)
from store.domain.scopes import scope as one_scope
from store.domain.scopes import scopes as many
from store.errors import Invalid, NoSuchResource

ANY = st.frozensets(
    st.builds(Scope, st.sampled_from([one.name for one in OURS]), st.sampled_from(Access)),
    min_size=1,
)


@given(ANY)
def test_what_is_stored_reads_back_the_same(granted: frozenset[Scope]) -> None:
    assert from_canonical(canonical(granted)) == granted
    assert many([canonical(granted)], OURS) == granted


@given(ANY)
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
    "text", ["", "events", "events:", ":read", "events:delete", "events:READ", "events:read:write"]
)
def test_what_is_not_a_scope_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="resource:read"):
        one_scope(text)


def test_a_key_is_granted_something() -> None:
    with pytest.raises(Invalid, match="at least one"):
        many(["  "], OURS)


def test_an_unknown_resource_comes_with_the_known_ones() -> None:
    with pytest.raises(NoSuchResource, match="availability, events, quotes"):
        many(["invoices:read"], OURS)
    theirs = Resource("invoices", "Invoices", builtin=False)
    assert canonical(many(["invoices:read"], [*OURS, theirs])) == "invoices:read"


def test_the_table_shows_one_entry_a_resource() -> None:
    assert short(many(["quotes:read events:write events:read"], OURS)) == ["events:rw", "quotes:r"]


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
    ],
)
def test_scopes_are_said_in_plain_words(granted: str, said: str) -> None:
    assert in_words(many([granted], OURS)) == said


def test_no_scope_at_all_is_said_too() -> None:
    assert in_words(frozenset()) == "Can do nothing."


def test_whatever_comes_with_the_store_is_told_from_what_an_installation_added() -> None:
    assert all(resource.builtin for resource in OURS)

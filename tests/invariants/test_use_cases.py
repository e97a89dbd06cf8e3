"""No use case is left out where every one of them is tried."""

from tests.invariants import (
    belonging,
    coming_in,
    everything,
    limiting,
    naming,
    reading,
    resources,
    stopping,
)
from tests.invariants.use_cases import MUTATING, begins, called, services, use_cases

USE_CASES = {
    (name, use_case): begins(service, use_case)
    for name, service in services().items()
    for use_case in use_cases(service)
}
CHANGE_NOTHING = {
    # What it would do is taken back.
    ("imports", "try_out"),
    # Only a wrong code is written down.
    ("invitations", "look"),
    # On SQLite nothing waits; with PostgreSQL tests.service.test_in_force has its receipts.
    ("in_force", "wait"),
}
"""Use cases that begin a mutation, and by themselves leave none."""

READINGS = ("look_at_everything", "_begin_to_change", "_read_as_operator", "_visit_a_page")


def _mutations() -> set[tuple[str, str]]:
    parts = (
        (everything, "MUTATIONS"),
        (coming_in, "COMING_IN"),
        (naming, "NAMING"),
        (belonging, "BELONGING"),
        (limiting, "LIMITING"),
        (resources, "RESOURCES"),
        (stopping, "STOPS"),
    )
    return {one for module, name in parts for one in called(module, name)}


def test_every_use_case_that_changes_something_is_tried_as_one() -> None:
    mutations = _mutations()
    mutating = {one for one, begun in USE_CASES.items() if begun & MUTATING}
    assert len(mutating) > 30
    assert mutating - mutations - CHANGE_NOTHING == set()


def test_every_other_use_case_is_called_where_all_are_looked_at() -> None:
    reads = {one for name in READINGS for one in called(reading, name)}
    mutations = _mutations()
    assert set(USE_CASES) - reads - mutations - CHANGE_NOTHING == set()


def test_what_is_called_is_a_use_case_by_that_name() -> None:
    named = {service for service, _ in USE_CASES}
    for one in _mutations() | called(reading, "look_at_everything"):
        assert one[0] not in named or one in USE_CASES, one

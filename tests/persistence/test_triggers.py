"""The revision and the audit count by one: a jump to the end would be the end of every change."""

import pytest
from sqlalchemy.exc import DBAPIError

from store.domain.people import Plan
from store.operations.check import FAR_AHEAD, NEAR_THE_END
from store.persistence.migrations.triggers import set_revision
from store.persistence.schema import audit
from store.verifier.leasing.worker_identity import KEPT
from tests.house import House
from tests.operations.test_check import closed, found, meddle_anywhere

pytestmark = pytest.mark.both_engines

__all__ = ["closed"]

LARGEST = (1 << 63) - 1
COLUMNS = ", ".join(column.name for column in audit.columns if column.name not in ("id", "seq"))
ENTRY = f"INSERT INTO audit (seq, {COLUMNS}) SELECT {{}}, {COLUMNS} FROM audit WHERE seq = 1"
"""An entry of the oldest workspace and of the other one, like the first that each has."""

JUMPS = {
    **{
        f"revision {value}": f"UPDATE revision SET value = {value}"
        for value in (LARGEST, "value + 2", "value - 1", -1)
    },
    **{
        f"audit {seq}": ENTRY.format(seq)
        for seq in (
            *(LARGEST, 0, -1, 1),
            *(f"(SELECT max(seq) + {ahead} FROM audit)" for ahead in (2, 1000)),
        )
    },
    "change ahead": "INSERT INTO changes (revision, subject) SELECT value + 1, '' FROM revision",
}


@pytest.mark.parametrize("jump", JUMPS)
def test_nothing_jumps_and_everything_goes_on(house: House, jump: str) -> None:
    writing = house.store.database.writing
    refusal = r"by one|only rises|append-only|when it is made"
    with pytest.raises(DBAPIError, match=refusal), writing() as connection:
        connection.exec_driver_sql(JUMPS[jump])
    key = house.create().key
    house.store.keys.revoke(house.alice, key.id)
    house.store.operator.set_plan("bolt-catering", Plan.FREE)
    assert house.store.audit_trail.verify(house.alice).trouble is None


def test_what_somebody_has_not_heard_of_stays_noted_down(house: House) -> None:
    writing = house.store.database.writing
    with writing() as connection:
        connection.exec_driver_sql("UPDATE revision SET value = value + 1")
        connection.exec_driver_sql("INSERT INTO changes SELECT value, '' FROM revision")
    with pytest.raises(DBAPIError, match=r"until every verifier"), writing() as connection:
        connection.exec_driver_sql("DELETE FROM changes")
    with house.store.database.writing() as connection:
        set_revision(connection, house.store.revision() + KEPT)
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM changes")


@pytest.mark.parametrize(
    ("value", "said"),
    [(LARGEST, "near the end"), (NEAR_THE_END, "near the end"), (FAR_AHEAD + 99, "far ahead")],
)
def test_a_revision_that_jumped_is_noticed(closed: House, value: int, said: str) -> None:
    meddle_anywhere(
        closed, "revision_only_rises", "revision", f"UPDATE revision SET value = {value}"
    )
    assert said in found(closed)


def test_an_audit_that_jumped_is_noticed(closed: House) -> None:
    meddle_anywhere(closed, "audit_counts_by_one", "audit", ENTRY.format(LARGEST))
    said = found(closed)
    for slug in ("acme-events", "bolt-catering"):
        assert f"The audit of {slug} has" in said
        assert f"to {LARGEST}" in said


def test_the_owner_lets_the_revision_jump_and_the_rule_is_back(house: House) -> None:
    with house.store.database.writing() as connection:
        set_revision(connection, 4711)
    assert house.store.revision() == 4711
    writing = house.store.database.writing
    with pytest.raises(DBAPIError, match="by one"), writing() as connection:
        connection.exec_driver_sql("UPDATE revision SET value = 4713")

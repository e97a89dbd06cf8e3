"""The key table's columns: what fits, and what foreign names do to it."""

import pytest
from rich.cells import cell_len

from console.text.fit import fit
from console.text.key_fields import (
    KEY,
    LAST_USED,
    NAME,
    OWNER,
    SCOPES,
    SORTED_BY,
    STATE,
    fit_scopes,
    layout,
)
from store.domain.listing import Sort
from tests.house import granted_scopes


@pytest.mark.parametrize("width", range(58, 201))
def test_columns_never_exceed_the_width_they_are_given(width: int) -> None:
    assert 2 + sum(column.width for column in layout(width, "jw")) <= width


def test_owners_have_a_column_where_there_is_room_and_the_first_one_where_they_are_sorted_by() -> (
    None
):
    def titles(width: int, sort: Sort = Sort.STATE, *, owned: bool = True) -> list[str]:
        return [column.title for column in layout(width, "jw", sort, owned=owned)]

    assert titles(100)[:3] == [STATE, NAME, OWNER]
    assert OWNER not in titles(99) + titles(140, owned=False)
    assert titles(80, Sort.OWNER)[:3] == [OWNER, STATE, NAME]


def test_at_80_columns_every_column_is_there() -> None:
    assert [column.title for column in layout(79, "jw")][:4] == [STATE, NAME, KEY, SCOPES]


def test_at_80_columns_a_usual_name_and_the_longest_scope_of_ours_stand_in_full() -> None:
    rooms = {column.title: column.room for column in layout(80, "jw")}
    assert rooms[NAME] >= len("Partner portal")
    assert rooms[SCOPES] >= len("availability:r")


def test_at_60_columns_state_name_and_last_use_remain() -> None:
    titles = [column.title for column in layout(59, "jw")]
    assert {STATE, NAME, LAST_USED} <= set(titles)
    assert KEY not in titles


@pytest.mark.parametrize(
    "name", ["Website", "日本語の名前テスト", "مرحبا بالعالم", "x" * 200, "é" * 30, ""]
)
@pytest.mark.parametrize("width", [5, 8, 15, 16])
def test_a_name_of_any_script_takes_exactly_its_column(name: str, width: int) -> None:
    assert cell_len(fit(name, width)) == width


def test_scopes_that_do_not_fit_are_counted() -> None:
    granted = granted_scopes("events:read events:write quotes:read availability:read")
    assert fit_scopes(granted, 60) == "availability:r events:rw quotes:r"
    assert fit_scopes(granted, 20) == "availability:r +2"
    assert fit_scopes(granted, 5) == "3 resources"


@pytest.mark.parametrize("width", [58, 66, 76, 100])
@pytest.mark.parametrize("sort", list(Sort))
def test_what_the_list_is_sorted_by_is_always_seen(width: int, sort: Sort) -> None:
    columns = layout(width, "jw", sort, owned=True)
    assert sort in [SORTED_BY[column.title] for column in columns]
    assert 2 + sum(column.width for column in columns) <= width
    assert min(column.width for column in columns) >= 8

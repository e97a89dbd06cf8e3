"""Where the permissions grid has its boxes, whatever a catalogue holds and however wide it is."""

from hypothesis import given
from hypothesis import strategies as st

from console.widgets.scope_boxes import COLUMN, GridRow, laid_out
from store.domain.scopes import USUAL

LEFT = 11
ACTIONS = st.lists(
    st.sampled_from([*USUAL, "a", "delete", "mark-paid", "share-with-everyone", "x" * 40]),
    min_size=1,
    unique=True,
)
ROWS = st.lists(ACTIONS.map(lambda own: GridRow("invoices", "Invoices", tuple(own))), max_size=6)


@given(ROWS, st.integers(LEFT + 2 * COLUMN + 1, 140))
def test_each_scope_has_one_box_in_the_width_there_is_and_none_lies_on_another(
    rows: list[GridRow], width: int
) -> None:
    boxes = laid_out(rows, LEFT, width)
    assert len(boxes) == len(rows)
    taken: dict[int, int] = {}
    for number, (row, mine) in enumerate(zip(rows, boxes, strict=True)):
        assert {box.scope.action for box in mine} == set(row.actions)
        assert len(mine) == len(row.actions)
        for box in mine:
            assert box.row == number
            assert box.left >= taken.get(box.line, LEFT)
            assert box.left + box.width <= width
            taken[box.line] = box.left + box.width
    lines = [box.line for mine in boxes for box in mine]
    assert lines == sorted(lines), "what comes next stands beside or below"
    assert set(lines) == set(range(len(set(lines)))), "and no line is empty"


def test_read_and_write_have_their_columns_and_the_others_their_names() -> None:
    (mine,) = laid_out([GridRow("invoices", "Invoices", ("read", "delete", "write"))], LEFT, 70)
    assert [(box.scope.action, box.left, box.label) for box in mine] == [
        ("read", LEFT, ""),
        ("write", LEFT + COLUMN, ""),
        ("delete", LEFT + 2 * COLUMN, "delete"),
    ]

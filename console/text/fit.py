"""A text in so many cells of a terminal."""

from rich.cells import cell_len, set_cell_size


def fit(text: str, width: int, *, ascii_only: bool = False) -> str:
    """Return a text in exactly that many cells, shortened with `…` where it is longer."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    end = ".." if ascii_only else "…"
    return set_cell_size(set_cell_size(text, max(0, width - len(end))).rstrip() + end, width)

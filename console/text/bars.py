"""Counts over time as a row of bars. Pure."""

from collections.abc import Sequence

_GLYPHS = {False: " ▁▂▃▄▅▆▇█", True: " .:-=+*#%"}


def binned(counts: Sequence[int], width: int) -> list[int]:
    """Return counts summed into at most `width` bins, each of as many counts as the others."""
    cells = next(
        cells for cells in range(min(width, len(counts)), 0, -1) if not len(counts) % cells
    )
    size = len(counts) // cells
    return [sum(counts[place * size : (place + 1) * size]) for place in range(cells)]


def bars(counts: Sequence[int], most: int, *, ascii_only: bool) -> str:
    """Return a bar for each count, drawn to a scale on which `most` is full."""
    glyphs = _GLYPHS[ascii_only]
    # Never blank where there was something: one request is as real as a thousand.
    return "".join(glyphs[-(-count * (len(glyphs) - 1) // max(1, most))] for count in counts)

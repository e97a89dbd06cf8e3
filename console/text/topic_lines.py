"""A topic's Markdown as lines for a width."""

import re
import textwrap
from collections.abc import Iterator

_ROW = re.compile(r"\|(.*)\|")
_ITEM = re.compile(r"(?:- |\d+\. )")
# Code is matched first: an asterisk in it is one.
_EMPHASIS = re.compile(r"(`[^`]*`)|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*(?=\W|$)")


def lines(text: str, room: int) -> Iterator[tuple[str, str]]:
    """Yield each line, no wider than `room` but for code, with what it is: head, code or text."""
    in_code = False
    for written in text.splitlines():
        if written.startswith("```"):
            in_code = not in_code
        elif in_code:
            yield "code", f"  {written}"
        elif written.startswith("#"):
            yield "head", written.lstrip("# ")
        else:
            yield from (("text", one) for one in _wrapped(written, room))


def _wrapped(written: str, room: int) -> list[str]:
    if row := _ROW.fullmatch(written):
        if not set(row[1]) - set("-| :"):
            return []
        cells = [cell.strip() for cell in row[1].split("|")]
        return _fill(": ".join([cells[0], " | ".join(cells[1:])]), room, "  ")
    item = _ITEM.match(written)
    return _fill(written, room, " " * len(item[0]) if item else "")


def _fill(written: str, room: int, indent: str) -> list[str]:
    said = _EMPHASIS.sub(lambda found: found[1] or found[2] or found[3], written)
    return textwrap.wrap(said, room, subsequent_indent=indent, break_on_hyphens=False) or [""]

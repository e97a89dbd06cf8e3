"""What tools and their arguments are called: as people would, and within what clients take."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from html import unescape

from store.domain.names import visible
from store.domain.tools.tool import LONGEST_NAME, SAMPLE

LONGEST_ARGUMENT = 64
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")
_NO_WORD = re.compile(r"\W")
_MARK = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)\b[^<>]{0,300}>")
_OF_A_LINE = frozenset(("a", "b", "code", "em", "i", "span", "strong", "u"))
_PLACE = re.compile(r"\{([^{}]*)\}")
_NOT_IN_ARGUMENT = re.compile(r"[^A-Za-z0-9_.-]+")


def snake(text: str) -> str:
    """Return a name in small letters: `issues/listForRepo` gives `issues_list_for_repo`."""
    return "_".join(word.lower() for word in _WORDS.findall(text))


def wanted_name(operation_id: str, method: str, path: str) -> str:
    """Return what an operation would be called, were it the only one of that name.

    FastAPI puts path and method behind the name of each function: they are taken away again.
    """
    generated = _NO_WORD.sub("_", f"{path}_{method.lower()}")
    own = operation_id.removesuffix(generated) or operation_id
    name = snake(own)
    if not name:
        words = _PLACE.sub(lambda found: f"by_{found[1]}", path)
        name = snake(f"{method.lower()} {words}")
    return name if name[:1].isalpha() else f"call_{name}"


def unique(wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Return a name for each of pairs: what it would be called, and what tells it apart.

    What is too long or taken gets a few characters behind it that are always the same.
    """
    pairs = list(wanted)
    times = Counter(name for name, _ in pairs)
    return [
        name
        if len(name) <= LONGEST_NAME and times[name] == 1 and name not in SAMPLE
        else told_apart(name, apart)
        for name, apart in pairs
    ]


def argument_name(name: str, taken: Iterable[str], place: str) -> str:
    """Return what an argument is called: letters, digits, `_`, `.` and `-`, and not yet taken."""
    made = _NOT_IN_ARGUMENT.sub("_", name).strip("_")[:LONGEST_ARGUMENT] or place
    known = set(taken)
    tried, number = made, 1
    while tried in known:
        number += 1
        ending = f"_{place}" if number == 2 else f"_{place}_{number}"
        tried = made[: LONGEST_ARGUMENT - len(ending)] + ending
    return tried


def plain(text: object, most: int) -> str:
    """Return a document's text in one line, without what nobody sees, and not longer than that.

    Marks of HTML are taken away.
    """
    return _plain(text, most) if isinstance(text, str) else ""


@lru_cache(4096)
def _plain(text: str, most: int) -> str:
    text = unescape(
        _MARK.sub(lambda mark: "" if mark[1].lower() in _OF_A_LINE else " ", text[: 8 * most])
    )
    line = " ".join((text if visible(text) else _visible(text)).split())
    return line if len(line) <= most else f"{line[: most - 1].rsplit(' ', 1)[0]}…"


def _visible(text: str) -> str:
    return "".join(sign if visible(sign) else " " for sign in text)


def told_apart(name: str, apart: str) -> str:
    """Return a name with a few characters behind it, the same whenever `apart` is."""
    ending = f"_{sha256(apart.encode()).hexdigest()[:5]}"
    return name[: LONGEST_NAME - len(ending)].rstrip("_") + ending

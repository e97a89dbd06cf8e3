"""A file of keys that somebody else made: CSV with a head, or an object of JSON on each line. Pure.

Each has `name`, `digest`, `scheme` and `scopes`, and may have `expires`, `holders`, `owner`,
`labels`, `not_before`, `networks`, `limits` and `public`, what the value begins with and no other
does. Scopes, holders, labels, networks and limits are separated by blanks, or are a list in JSON; a
blank in a label is `%20`, as verifiers tell it.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote

from store.domain.key_string import Secret
from store.errors import Invalid

COLUMNS = (
    "name",
    "digest",
    "scheme",
    "scopes",
    "expires",
    "holders",
    "public",
    "owner",
    "labels",
    "not_before",
    "networks",
    "limits",
)
_NEEDED = COLUMNS[:4]
MOST_LINES = 100_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """One key as it stands in a file, unchecked."""

    line: int
    name: str
    digest: Secret
    scheme: str
    scopes: tuple[str, ...]
    expires: str
    holders: tuple[str, ...]
    public: str
    owner: str = ""
    labels: tuple[str, ...] = ()
    not_before: str = ""
    networks: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def rows(text: str) -> list[FileRow]:
    """Return the keys of a file. Raises Invalid, which never repeats a digest."""
    text = text.removeprefix("\ufeff")
    found = list(_of_json(text) if text.lstrip().startswith("{") else _of_csv(text))
    if not found:
        raise Invalid("file", f"There are no keys in it. A head and a line each: {_EXAMPLE}")
    if len(found) > MOST_LINES:
        raise Invalid("file", f"More than {MOST_LINES:,} keys. Split the file.")
    return found


_EXAMPLE = "name,digest,scheme,scopes"


def _of_csv(text: str) -> Iterator[FileRow]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        _check_columns(head, 1)
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(values) != len(head):
                raise Invalid(
                    "file",
                    f"Line {reader.line_num} has {len(values)} fields, and the head {len(head)}.",
                )
            yield _row(reader.line_num, dict(zip(head, values, strict=True)))
    except csv.Error:
        raise Invalid("file", f"Line {reader.line_num} is no CSV (RFC 4180).") from None


def _of_json(text: str) -> Iterator[FileRow]:
    for line, content in zip(count(1), text.splitlines(), strict=False):
        if not content.strip():
            continue
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise Invalid("file", f"Line {line} is no object of JSON.")
        _check_columns(list(told), line)
        given = {name: _joined(value, line) for name, value in told.items() if value is not None}
        yield _row(line, given)


def _joined(value: object, line: int) -> str:
    parts = value if isinstance(value, list) else [value]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        raise Invalid("file", f"Line {line} has a value that is no text.")
    return " ".join(texts)


def _check_columns(names: list[str], line: int) -> None:
    for name in names:
        if name not in COLUMNS:
            raise Invalid(
                "file",
                f"Line {line} has something that is not known. Known are: {', '.join(COLUMNS)}.",
            )
    if len(set(names)) < len(names) or not set(_NEEDED) <= set(names):
        raise Invalid("file", f"Line {line} must have {', '.join(_NEEDED)}, each once.")


def _row(line: int, given: dict[str, str]) -> FileRow:
    return FileRow(
        line,
        given.get("name", ""),
        Secret(given.get("digest", "")),
        given.get("scheme", "").strip(),
        tuple(given.get("scopes", "").split()),
        given.get("expires", "").strip(),
        tuple(given.get("holders", "").split()),
        given.get("public", "").strip(),
        given.get("owner", "").strip(),
        tuple(unquote(one) for one in given.get("labels", "").split()),
        given.get("not_before", "").strip(),
        tuple(given.get("networks", "").split()),
        tuple(given.get("limits", "").split()),
    )

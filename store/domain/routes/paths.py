"""Reading a request's path: as every framework reads it, or not at all.

RFC 3986 6.2.2 says what is equivalent; what frameworks and proxies make of it differs. Starlette,
Django and Flask decode a path before they look, Express looks and decodes afterwards; some fold
case, merge slashes, cut off parameters (`;`), turn a backslash round, or decode twice.
"""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from store.domain.names import visible
from store.errors import AmbiguousPath

# RFC 3986 3.3: unreserved and sub-delims but `;`, with `:` and `@`; a segment ends in no dot.
_IN_SEGMENT = r"A-Za-z0-9_~!$&'()*+,=:@-"
_plain = re.compile(rf"(?:(?:/[.{_IN_SEGMENT}]*[{_IN_SEGMENT}])+/?|/)").fullmatch
LITERAL = re.compile(rf"[.{_IN_SEGMENT}]*[{_IN_SEGMENT}]")
"""A segment of a pattern that stands for itself."""

_RAW = re.compile(rf"[./%{_IN_SEGMENT}]*")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNESCAPED_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]", re.ASCII)
# What `_flaw` finds nothing in: no empty segment, and no escape but of what needs one, stands in a
# segment of one program and of all others, and begins no second escape.
_NEEDED = "|".join(
    f"{byte:02X}"
    for byte in range(0x20, 0x7F)
    if not _UNRESERVED.match(chr(byte)) and chr(byte) not in "/\\;?#%"
)
_escaped = re.compile(
    rf"(?:/(?:[.{_IN_SEGMENT}]|%(?:(?i:{_NEEDED})|[89A-Fa-f][0-9A-Fa-f]))+)+/?"
).fullmatch
_PLACES = "/\\;?#%"


PathReading = tuple[list[str], list[str], bool]
"""Segments as they were sent, the same as the most lenient framework would compare them, and
whether a slash stands behind them."""


def read_path(path: str) -> PathReading:
    """Return how a path, without its query, is read. Raises AmbiguousPath."""
    if _plain(path):
        lowered = path.lower()
        folded = lowered.split("/")
        sent = folded if lowered == path else path.split("/")
    else:
        sent, folded = _with_escapes(path)
    # What stands before the first slash.
    last = None if folded[-1] else -1
    if sent is folded:
        sent = folded = folded[1:last]
        return sent, folded, last is not None
    return sent[1:last], folded[1:last], last is not None


def fold(segment: str) -> str:
    """Return a segment, decoded, as the most lenient comparison takes it: `K` (U+212A) is `k`."""
    once = unicodedata.normalize("NFKC", segment).casefold()
    return unicodedata.normalize("NFKC", once)


def _with_escapes(path: str) -> tuple[list[str], list[str]]:
    return _usual(path) or _every(path)


def _usual(path: str) -> tuple[list[str], list[str]] | None:
    """Return what `_every` does where nothing of a path is doubtful, None where that has to look.

    Most escapes are blanks and letters of other alphabets.
    """
    if not _escaped(path):
        return None
    sent, folded = path.split("/"), [""]
    for segment in sent[1:]:
        if "%" not in segment:
            if segment.endswith("."):
                return None
            folded.append(segment.lower())
            continue
        try:
            text = unquote_to_bytes(segment).decode("utf-8", "strict")
        except UnicodeDecodeError:
            return None
        if text[0] == " " or text[-1] in " .":
            return None
        if text.isascii():
            folded.append(text.lower())
        # What is printable holds no blank but U+0020, and nothing invisible.
        elif text.isprintable() and visible(text) and unicodedata.is_normalized("NFKC", text):
            folded.append(fold(text))
        else:
            return None
    return sent, folded


def _every(path: str) -> tuple[list[str], list[str]]:
    flaw = _flaw(path)
    if flaw is not None:
        raise AmbiguousPath(path, flaw)
    sent, folded = path.split("/"), [""]
    for place, segment in enumerate(sent[1:], 1):
        if not segment and place < len(sent) - 1:
            raise AmbiguousPath(path, "it has an empty segment (//)")
        text = _decoded(path, segment)
        flaw = _segment_flaw(text)
        if flaw is not None:
            raise AmbiguousPath(path, flaw)
        folded.append(fold(text))
    return sent, folded


def _flaw(path: str) -> str | None:
    """Return what no two programs agree on, before anything is decoded."""
    if not path.startswith("/"):
        return "it does not begin with a slash"
    if not _RAW.fullmatch(path):
        for sign, named in (
            ("\\", "a backslash"),
            (";", "a parameter (;)"),
            ("#", "a fragment (#)"),
            ("?", "a question mark"),
        ):
            if sign in path:
                return f"it holds {named}"
        return "it holds a character that has to be percent-encoded"
    if _UNESCAPED_PERCENT.search(path):
        return "it holds a % that encodes nothing"
    for escape in _ESCAPE.finditer(path):
        byte = int(escape[0][1:], 16)
        sign = chr(byte)
        if byte < 0x20 or byte == 0x7F:
            return f"it encodes a control character ({escape[0]})"
        if byte < 0x80 and _UNRESERVED.fullmatch(sign):
            return f"it encodes what needs no encoding ({escape[0]})"
        if sign in "/\\;?#":
            return f"it encodes what parts a path ({escape[0]})"
        if sign == "%" and re.match("[0-9A-Fa-f]{2}", path[escape.end() :]):
            return f"it is encoded twice ({path[escape.start() : escape.end() + 2]})"
    return None


def _decoded(path: str, segment: str) -> str:
    try:
        return unquote_to_bytes(segment).decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise AmbiguousPath(path, "it encodes what is not UTF-8") from None


def _segment_flaw(text: str) -> str | None:
    """Return what is wrong with a segment that was decoded, also as a lenient program takes it."""
    if unicodedata.normalize("NFC", text) != text:
        return "it is not in Unicode's composed form (NFC)"
    if not visible(text):
        return "it encodes an invisible character"
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and any(sign in plain for sign in _PLACES):
        return "it encodes what looks like a part of a path"
    if plain.strip() != plain:
        return "a segment begins or ends with a blank"
    if plain.endswith("."):
        return "a segment is a dot, or ends with one"
    return None

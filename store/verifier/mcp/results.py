"""What an assistant is told of an answer: the answer, or what it can do about it."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from store.domain.tools.tool import Tool
from store.verifier.mcp.upstream import Answer, Unanswered

MOST_TOLD = 40_000
"""Characters of one result: clients cut or refuse what is longer than about 25,000 tokens."""
MOST_OF_A_REFUSAL = 4_000
MOST_AT_ONCE = 64 * 1024
"""Bytes of an answer that the loop reads itself: in a millisecond or two."""
_CHARSETS = re.compile(
    r"utf-?8|utf-16(?:[bl]e)?|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]"
    r"|shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5",
    re.IGNORECASE,
)
"""That a text may be in (RFC 9110 8.3.2): Python knows more, and some of those take for ever."""
_CHARSET = re.compile(r";\s*charset=\"?([\w.-]+)", re.IGNORECASE)
_TURNS = r"\u202a-\u202e\u2066-\u2069"  # the order in which signs are shown
# What steers a terminal, where somebody shows an answer there; not tabs and ends of lines.
_STEERS = re.compile(rf"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNS}]|\r(?!\n)")
# In JSON: what is below a space is an escape there anyway (RFC 8259 7).
_STEERS_IN_JSON = re.compile(rf"[\x7f-\x9f{_TURNS}]")
_TEXT = ("text/", "application/xml", "application/x-ndjson", "application/javascript")


class Told(NamedTuple):
    """A result's texts, the answer first, and whether it is a failure."""

    texts: tuple[str, ...]
    failed: bool = False


async def told_meanwhile(tool: Tool, answer: Answer) -> Told:
    """Return what is told of an answer; a long one is read in a thread, between verdicts."""
    if len(answer.body) <= MOST_AT_ONCE:
        return told(tool, answer)
    return await asyncio.to_thread(told, tool, answer)


def told(tool: Tool, answer: Answer) -> Told:
    """Return what is told of an answer of the API."""
    if 200 <= answer.status < 300:
        return _done(tool, answer)
    if answer.status == 304:
        return Told(("It has not changed since (304): what was read before is as it is.",))
    said = _excerpt(tool, answer)
    return Told((f"{_advice(tool, answer)}{f' It said: {said}' if said else ''}",), failed=True)


def untold(tool: Tool, error: Unanswered) -> Told:
    """Return what is told where nothing was answered."""
    sentence = f"The API {error.why}."
    if not error.sent:
        more = "Nothing was done. Try again later, or tell whoever runs it."
    elif tool.reads:
        more = "Nothing was changed: try again, and ask for less if that can be."
    else:
        more = "Whether it was done is not known: look before you try again."
    return Told((f"{sentence} {more}",), failed=True)


def _done(tool: Tool, answer: Answer) -> Told:
    notes = []
    if answer.status == 202:
        notes.append("The API has taken it on (202), and may not have done it yet.")
    place = answer.headers.get("location")
    if place:
        notes.append(f"Location: {_quoted(place, 500)}")
    if 'rel="next"' in answer.headers.get("link", "") and tool.pages:
        notes.append(f"There is more: ask for the next part by {_listed(tool.pages)}.")
    if not answer.body:
        return Told((f"Done: the API answered {answer.status} and nothing else.", *notes))
    found = _document(tool, answer)
    if found is not None:
        text, cut = _shown(_Document(_without(found.value, tool.hidden), found.write))
    else:
        plain = None if tool.hidden else _plain(answer)
        if plain is None:
            kind = _quoted(answer.headers.get("content-type", "of no named type"), 100)
            size = f"{'' if answer.whole else 'over '}{len(answer.body):,} bytes"
            is_none = "cannot be read as JSON" if tool.hidden else "is no text"
            why = f" {_left_out(tool, answer)}" if tool.hidden else ""
            return Told((f"Done: the API answered what {is_none} ({kind}, {size}).{why}", *notes))
        text, cut = plain[:MOST_TOLD], None
        if len(plain) > MOST_TOLD or not answer.whole:
            cut = f"These are the first {len(text):,} characters of a longer answer."
    if cut:
        less = f" Ask for less at a time by {_listed(tool.pages)}." if tool.pages else ""
        notes.append(cut + less)
    return Told((text, *notes))


def _advice(tool: Tool, answer: Answer) -> str:
    status = answer.status
    if status == 401:
        return (
            "The API does not take the caller's identity from keydeck (401). No argument changes "
            "that: tell whoever runs it."
        )
    if status == 403:
        return "The API itself does not allow this (403). Another argument may be allowed."
    if status in (404, 410):
        return f"There is nothing there ({status}). Check the ids, or list what there is first."
    if status in (400, 422):
        return f"The API did not accept the arguments ({status}). Correct them and call again."
    if status in (409, 412):
        return f"It does not go together with what stands there ({status}). Read it anew first."
    if status == 413:
        return "That was too much at once for the API (413). Send less."
    if status == 429:
        after = answer.headers.get("retry-after", "")
        when = f"after {after} seconds" if after.isdecimal() and len(after) < 8 else "in a while"
        return f"These were too many calls for the API (429). Call again {when}, and not sooner."
    if 300 <= status < 400:
        place = _quoted(answer.headers.get("location", "nowhere"), 500)
        return f"The API sends on to {place} ({status}), and that is not followed."
    if status >= 500:
        again = "Try once more" if tool.reads else "Look whether it was done before you try again"
        return f"The API failed ({status}). {again}, or tell whoever runs it."
    return f"The API refused this ({status})."


class _Document(NamedTuple):
    """What an answer is as JSON, and what writes it, or a part of it, again."""

    value: Any
    write: Callable[[Any], str]


def _document(tool: Tool, answer: Answer) -> _Document | None:
    """Return what an answer is as JSON, None where it is none."""
    kind = _kind(answer)
    fits = kind in ("", "application/json", "text/json") or kind.endswith("+json")
    # Some APIs call their JSON something else, and what is no JSON cannot be cleaned.
    fits = fits or bool(tool.hidden)
    if not answer.whole or not fits or _packed(answer):
        return None
    found = _loaded(answer.body)
    charset = _charset(answer)
    if found is None and charset != "utf-8":
        # JSON is UTF-8, whatever is said of it (RFC 8259 8.1); only what is not is what it says.
        try:
            found = _loaded(answer.body.decode(charset))
        except (LookupError, UnicodeDecodeError):
            return None
    return found


def _loaded(body: bytes | str) -> _Document | None:
    try:
        # Also in a thread everything waits while a call of these goes on: this one is short.
        return _Document(msgspec.json.decode(body), _written)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        # Half a character, no number, one that is too large: what no API should write, and some do.
        return _Document(json.loads(body), _written_oddly)
    except (ValueError, RecursionError):
        return None


def _left_out(tool: Tool, answer: Answer) -> str:
    """Return why nothing is told of what is no JSON, and what can be done.

    XML, a script or a table may hold fields that are for writing only, each in a way of its own.
    """
    if not answer.whole and tool.pages:
        then = f"Ask for less at a time by {_listed(tool.pages)}."
    else:
        then = "Ask for JSON if an argument says in which form, or tell whoever runs the API."
    return f"It is left out: fields that are for writing only cannot be taken out of it. {then}"


def _kind(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def _charset(answer: Answer) -> str:
    named = _CHARSET.search(answer.headers.get("content-type", ""))
    return named[1].lower() if named is not None and _CHARSETS.fullmatch(named[1]) else "utf-8"


def _plain(answer: Answer) -> str | None:
    """Return what an answer is as text, None where it is none."""
    kind = _kind(answer)
    fits = kind == "" or kind.startswith(_TEXT) or "json" in kind or kind.endswith("+xml")
    if not fits or _packed(answer):
        return None
    body = answer.body
    charset = _charset(answer)
    for end in range(len(body), max(len(body) - 4, -1), -1):
        try:
            # What was cut may end in the middle of a character.
            text = body[:end].decode(charset)
        except LookupError:
            return None
        except UnicodeDecodeError:
            if answer.whole:
                return None
        else:
            return None if "\0" in text else _STEERS.sub("?", text)
    return None


def _quoted(header: str, most: int) -> str:
    """Return a header's value as it may stand in a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in header[:most])


def _packed(answer: Answer) -> bool:
    return answer.headers.get("content-encoding", "identity").lower() != "identity"


def _excerpt(tool: Tool, answer: Answer) -> str:
    found = _document(tool, answer)
    if found is None:
        # A page for people says nothing that an assistant could use.
        untold = "html" in _kind(answer) or bool(tool.hidden)
        text = "" if untold else (_plain(answer) or "")
    else:
        text = found.write(_without(found.value, tool.hidden))
    return text if len(text) <= MOST_OF_A_REFUSAL else f"{text[:MOST_OF_A_REFUSAL]}…"


def _shown(document: _Document) -> tuple[str, str | None]:
    """Return JSON that is not too long, and what is said where it is a part."""
    found, write = document
    text = write(found)
    if len(text) <= MOST_TOLD:
        return text, None
    name, elements = _longest_list(document)
    if elements:
        kept: list[Any] = []
        rest = {**found, name: []} if name is not None else []
        room = MOST_TOLD - len(write(rest))
        for one in elements:
            room -= len(write(one)) + 1
            if room < 0:
                break
            kept.append(one)
        if kept:
            part = {**found, name: kept} if name is not None else kept
            of = f" of “{write(name)[1:-1]}”" if name is not None else ""
            return write(part), f"These are the first {len(kept)} of {len(elements)}{of}."
    return text[:MOST_TOLD], f"These are the first {MOST_TOLD:,} of {len(text):,} characters."


def _longest_list(document: _Document) -> tuple[str | None, list[Any]]:
    found, write = document
    if isinstance(found, list):
        return None, found
    if not isinstance(found, dict):
        return None, []
    lists = {name: one for name, one in found.items() if isinstance(one, list)}
    if len(lists) < 2:
        return next(iter(lists.items()), (None, []))
    name = max(lists, key=lambda one: len(write(lists[one])))
    return name, lists[name]


def _without(found: Any, hidden: tuple[tuple[str, ...], ...]) -> Any:
    for path in hidden:
        _drop(found, path)
    return found


def _drop(found: Any, path: tuple[str, ...]) -> None:
    first, *rest = path
    if first == "*":
        for one in found if isinstance(found, list) else ():
            if rest:
                _drop(one, tuple(rest))
    elif isinstance(found, dict) and first in found:
        if rest:
            _drop(found[first], tuple(rest))
        else:
            del found[first]


def _written(value: Any) -> str:
    return _unsteering(msgspec.json.encode(value).decode("utf-8"))


def _written_oddly(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a character can be written in JSON (RFC 8259 8.2), and in UTF-8 as an escape alone.
    return _unsteering(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _unsteering(text: str) -> str:
    """Return the same JSON; what steers a terminal stands in strings alone, and is an escape."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _STEERS_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _listed(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)

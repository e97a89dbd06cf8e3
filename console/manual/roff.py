"""Markdown and plain text as roff, in man(7)'s macros: ASCII alone, so that no encoding is guessed.

Headings, paragraphs, lists, tables, blocks of code and what is said inside a line. A table's rows
are a list of its first column: a page is as wide as a terminal.
"""

from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKS = {"strong": r"\fB", "em": r"\fI"}
_INDENT = 4


def escaped(text: str) -> str:
    """Return a text of which nothing is roff's."""
    made = []
    for one in text:
        if one == "\\":
            made.append(r"\e")
        elif one == "-":
            # The one that is typed, not a hyphen: pages are copied from.
            made.append(r"\-")
        elif one in "'`^~":
            made.append({"'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}[one])
        elif one.isascii():
            made.append(one)
        else:
            made.append(f"\\[u{ord(one):04X}]")
    return "".join(made)


def line(text: str) -> str:
    """Return a line of text that is no request, whatever it begins with."""
    return rf"\&{text}" if text.startswith((".", "'")) else text


def heading(title: str, *, below: bool = False) -> str:
    """Return a section's title, or that of a part of one."""
    return f'.{"SS" if below else "SH"} "{escaped(title).replace(chr(34), "")}"'


def example(text: str) -> Iterator[str]:
    """Yield a block that is shown as it is."""
    yield from (".PP", f".RS {_INDENT}", ".EX")
    yield from (line(escaped(one)) for one in text.rstrip("\n").split("\n"))
    yield from (".EE", ".RE")


def entry(tag: str, text: Iterable[str]) -> Iterator[str]:
    """Yield one entry of a list: what it is about, in bold, and what is said of it."""
    yield from (".TP", line(rf"\fB{tag}\fP"))
    yield from text


def markdown(text: str) -> Iterator[str]:
    """Yield a Markdown text, its first heading left out: that is the page's name."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    yield from _Blocks(tokens).lines()


class _Blocks:
    """The blocks of one text, read from the first to the last."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._lists: list[int | None] = []
        """The lists that are open: the next number of each, None where they have none."""
        self._item = False
        """Whether the next paragraph begins an item."""
        self._row: list[str] = []
        self._head: list[str] = []

    def lines(self) -> Iterator[str]:
        """Yield lines of roff."""
        for place, token in enumerate(self._tokens):
            before = self._tokens[place - 1] if place else token
            if token.type == "inline":
                yield from self._inline(before, token)
            elif token.type in ("fence", "code_block"):
                yield from example(token.content)
            elif token.type.endswith("_list_open"):
                yield from [] if not self._lists else [f".RS {_INDENT}"]
                self._lists.append(1 if token.type.startswith("ordered") else None)
            elif token.type.endswith("_list_close"):
                self._lists.pop()
                yield from [] if not self._lists else [".RE"]
            elif token.type == "list_item_open":
                self._item = True
            elif token.type == "tr_open":
                self._row = []
            elif token.type == "tr_close":
                yield from self._told()

    def _inline(self, before: Token, token: Token) -> Iterator[str]:
        text = _spoken(token.children or [])
        if before.type in ("th_open", "td_open"):
            self._row.append(text)
            if before.type == "th_open":
                self._head = self._row
        elif before.type == "heading_open":
            if before.tag != "h1":
                yield heading(token.content.replace("`", ""))
        elif self._item:
            self._item = False
            number = self._lists[-1]
            if number is None:
                yield rf".IP \(bu {_INDENT}"
            else:
                yield f".IP {number}. {_INDENT}"
                self._lists[-1] = number + 1
            yield from _lines(text)
        else:
            yield ".PP"
            yield from _lines(text)

    def _told(self) -> Iterator[str]:
        first, *others = self._row
        if self._row is self._head or not others:
            return
        named = zip(self._head[1:], others, strict=True)
        said = [f"{name}: {text}" if len(others) > 1 and name else text for name, text in named]
        yield from (".TP", line(first or r"\&"))
        yield from _lines("\n.br\n".join(one for one in said if one) or r"\&")


def _lines(text: str) -> Iterator[str]:
    for one in text.split("\n"):
        yield one if one == ".br" else line(one)


def _spoken(tokens: Sequence[Token]) -> str:
    said = []
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if token.type == "text":
            said.append(escaped(token.content))
        elif token.type == "code_inline":
            said.append(rf"\fB{escaped(token.content)}\fP")
        elif kind in _MARKS:
            said.append(_MARKS[kind] if end == "open" else r"\fP")
        elif token.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif token.type == "link_close":
            said.append("")
    return "".join(said)

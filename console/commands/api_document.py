"""A file that describes an API of the admin's own, and the tools that are made of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.output import say
from console.text.safe import safe
from store.errors import Invalid

if TYPE_CHECKING:
    from store.domain.tools.reading import ToolReading

MOST_BYTES = 100 * 1024 * 1024
MOST_NAMED = 20
"""Operations that are left out, of which the first ones are named."""


def document_of(file: Path) -> Any:
    """Return what a file holds, in JSON or YAML. Raises Invalid."""
    import msgspec

    try:
        if file.stat().st_size > MOST_BYTES:
            raise Invalid("file", f"{file} has more than {MOST_BYTES // 1024**2} MiB.")
        content = file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"{file} could not be read: {reason}.") from None
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        if content.lstrip()[:1] in (b"{", b"["):
            raise Invalid("file", f"{file} is no JSON that can be read.") from None
    from console.commands.yaml_document import read_yaml

    return read_yaml(content, str(file))


def chooses(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what chooses tools of a document."""
    for option in (
        click.option(
            "--most", type=int, metavar="NUMBER", help="Tools at most. 40 where nothing is said."
        ),
        click.option("--prefix", metavar="/PATH", help="Stands in front of every path of it."),
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="NAME",
            help="A header that assistants may say. Repeats.",
        ),
        click.option(
            "--name", "names", multiple=True, metavar="NAME", help="Tools so called; * is anything."
        ),
        click.option(
            "--method",
            "methods",
            multiple=True,
            metavar="METHOD",
            help="Operations of it, such as GET.",
        ),
        click.option(
            "--tag", "tags", multiple=True, metavar="TAG", help="Operations of it. Repeats."
        ),
    ):
        command = option(command)
    return command


def read_tools_of(
    file: Path,
    upstream: str,
    *,
    prefix: str | None,
    tags: tuple[str, ...],
    methods: tuple[str, ...],
    names: tuple[str, ...],
    headers: tuple[str, ...],
    most: int | None,
) -> "tuple[ToolReading, str]":
    """Return what a file gives, and the origin at which it is called; tell what it does not.

    Raises Invalid.
    """
    from store.domain.tools.reading import Choice, read_tools
    from store.domain.tools.tool import USUAL_TOOLS
    from store.domain.tools.upstream import checked_upstream

    origin, path = checked_upstream(upstream)
    if path and prefix is not None:
        raise Invalid("prefix", "Say --prefix, or a path in --upstream, and not both.")
    choice = Choice(tags, methods, names, USUAL_TOOLS if most is None else most, headers)
    reading = read_tools(document_of(file), choice, prefix=path or prefix)
    for out in reading.left_out[:MOST_NAMED]:
        say(safe(f"Left out: {out.operation}: {out.why}"))
    if len(reading.left_out) > MOST_NAMED:
        say(f"Left out: {len(reading.left_out) - MOST_NAMED:,} more.")
    if reading.cut:
        say(
            f"{reading.cut:,} more are left out: beyond {choice.most} tools assistants choose "
            "badly, and many clients take no more. Choose with --tag, --method, --name or --most."
        )
    if reading.unasked:
        named = ", ".join(reading.unasked[:MOST_NAMED])
        more = "" if len(reading.unasked) <= MOST_NAMED else " and more"
        say(
            safe(
                f"Not asked for: the headers {named}{more}. Name one with --header if your API "
                "does not go by it for who calls."
            )
        )
    return reading, origin

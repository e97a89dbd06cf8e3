"""`--clipboard`: which way a new key takes to the admin's clipboard."""

import os
from collections.abc import Callable
from typing import Any

import click

from console.clipboard.plan import GUEST_MODES, MODES, ClipboardChoice
from console.commands.line import Line
from store.errors import Invalid


def clipboard_options(*, from_environment: bool = False) -> Callable[..., Any]:
    """Give a command that opens the console the two options, by name or from the environment."""
    mode = click.option(
        "--clipboard",
        type=click.Choice(MODES),
        help="The way to your clipboard. [KEYDECK_CLIPBOARD, else auto]",
    )
    command = click.option(
        "--clipboard-command",
        metavar="CMD",
        envvar="KEYDECK_CLIPBOARD_COMMAND" if from_environment else None,
        help="Gets the text on standard input. [KEYDECK_CLIPBOARD_COMMAND]",
    )
    return lambda function: mode(command(function))


def wanted(line: Line, *, guest: bool = False) -> ClipboardChoice:
    """Return what the line says of the clipboard.

    Raises Invalid for a command that is lacking or cannot be run, for a mode of the environment
    that is none, and under sshd's forced command for whatever would run a program there.
    """
    mode = line.clipboard or os.environ.get("KEYDECK_CLIPBOARD") or "auto"
    if mode not in MODES:
        known = ", ".join(MODES)
        raise Invalid("clipboard", f"KEYDECK_CLIPBOARD is “{mode}”, which is no way. Use {known}.")
    if guest and (mode not in GUEST_MODES or line.clipboard_command):
        raise Invalid(
            "clipboard",
            "Under --guest no program is run: --clipboard is auto, osc52 or off there.",
        )
    if line.clipboard_command:
        from console.clipboard.programs import words

        return ClipboardChoice(mode, words(line.clipboard_command))
    if mode == "command":
        raise Invalid("clipboard", "Name the command: --clipboard-command 'wl-copy'.")
    return ClipboardChoice(mode)

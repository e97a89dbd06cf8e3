"""From arguments to an exit status: what went wrong is one line on standard error."""

import io
import os
import sys
from contextlib import suppress
from typing import TextIO, cast

import click

from console import crash, guest
from console.commands import exits
from console.commands.groups import keydeck
from console.commands.line import Line
from console.commands.output import Output, OutputLost, say
from console.environment import taken
from store.domain.key_string import Secret
from store.errors import KeydeckError


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status. Raises nothing."""
    asked = guest.forget_settings() if guest.is_meant(arguments) else b""
    # Out of the environment before anything is started that would inherit it.
    password = taken("KEYDECK_PASSWORD")
    line = Line(given_password=Secret(password) if password else None, asked=asked)
    line.take_address()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding shows what it can.
            with suppress(OSError):
                stream.reconfigure(errors="backslashreplace")
    before, sys.stdout = sys.stdout, cast(TextIO, Output(sys.stdout))
    try:
        return _run(arguments, line)
    finally:
        sys.stdout = before
        line.close()


def _run(arguments: list[str], line: Line) -> int:
    if "_KEYDECK_COMPLETE" in os.environ:
        from console.commands import completing_bash

        completing_bash.register()
    try:
        result = keydeck.main(arguments, prog_name="keydeck", standalone_mode=False, obj=line)
        sys.stdout.flush()
    except OutputLost as lost:
        return _lost(lost, line)
    except KeydeckError as error:
        return _said(str(error), exits.status(error, looks=line.looks))
    except click.exceptions.NoArgsIsHelpError as error:
        return _said(_choices(error.ctx), exits.USAGE)
    except (click.exceptions.NoSuchCommand, click.exceptions.NoSuchOption) as error:
        return _said(_mistyped(error), exits.USAGE)
    except click.UsageError as error:
        hint = f" See {error.ctx.command_path} --help." if error.ctx else ""
        message = error.format_message()
        return _said(message + ("" if message.endswith((".", "?")) else ".") + hint, exits.USAGE)
    except click.ClickException as error:
        return _said(error.format_message(), exits.FAILED)
    except (click.Abort, KeyboardInterrupt):
        return exits.INTERRUPTED
    except Exception as error:
        return _said(crash.told(error), exits.COULD_NOT_LOOK if line.looks else exits.FAILED)
    return result if isinstance(result, int) else exits.DONE


def _lost(lost: OutputLost, line: Line) -> int:
    """Say what was committed although it could not be printed; else nothing to a closed pipe."""
    from console.text.audit_words import committed

    status = exits.COULD_NOT_LOOK if line.looks else exits.FAILED
    # What is kept for it is dropped: the interpreter must not complain at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if what := committed(line.committed):
        return _said(f"{lost} It is done all the same: {what}.", status)
    return status if lost.closed else _said(str(lost), status)


def _mistyped(error: click.exceptions.NoSuchCommand | click.exceptions.NoSuchOption) -> str:
    """Say which command or option was meant; click knows what is near."""
    if isinstance(error, click.exceptions.NoSuchCommand):
        what, name = "command", error.command_name
    else:
        what, name = "option", error.option_name
    near = error.possibilities or []
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    path = error.ctx.command_path if error.ctx else "keydeck"
    return f"There is no {what} “{name}”.{meant} See {path} --help."


def _choices(context: click.Context | None) -> str:
    if context is None or not isinstance(context.command, click.Group):
        return "Something is missing. See keydeck --help."
    known = ", ".join(context.command.list_commands(context))
    return f"Name a command: {known}. See {context.command_path} --help."


def _said(sentence: str, status: int) -> int:
    say(" ".join(sentence.split()))
    return status

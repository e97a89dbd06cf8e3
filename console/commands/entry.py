"""From arguments to an exit status: what went wrong is one line on standard error."""

import os
import sys

import click

from console import crash, guest
from console.commands import exits
from console.commands.groups import keydeck
from console.commands.line import Line
from console.environment import taken
from console.text.safe import safe
from store.errors import KeydeckError
from store.secrets import Secret


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit status. Raises nothing."""
    if guest.is_meant(arguments):
        guest.forget_settings()
    # Out of the environment before anything is started that would inherit it.
    password = taken("KEYDECK_PASSWORD")
    line = Line(given_password=Secret(password) if password else None)
    line.take_address()
    try:
        result = keydeck.main(arguments, prog_name="keydeck", standalone_mode=False, obj=line)
        sys.stdout.flush()
    except KeydeckError as error:
        return _said(str(error), exits.status(error, looks=line.looks))
    except click.exceptions.NoArgsIsHelpError as error:
        return _said(_choices(error.ctx), exits.USAGE)
    except click.UsageError as error:
        hint = f" See {error.ctx.command_path} --help." if error.ctx else ""
        said = error.format_message()
        return _said(said + ("" if said.endswith((".", "?")) else ".") + hint, exits.USAGE)
    except click.ClickException as error:
        return _said(error.format_message(), exits.FAILED)
    except (click.Abort, KeyboardInterrupt):
        return exits.INTERRUPTED
    except BrokenPipeError:
        # Whoever read has seen enough; the interpreter must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return exits.FAILED
    except Exception as error:
        return _said(crash.told(error), exits.COULD_NOT_LOOK if line.looks else exits.FAILED)
    finally:
        line.close()
    return result if isinstance(result, int) else exits.DONE


def _choices(context: click.Context | None) -> str:
    if context is None or not isinstance(context.command, click.Group):
        return "Something is missing. See keydeck --help."
    known = ", ".join(context.command.list_commands(context))
    return f"Name a command: {known}. See {context.command_path} --help."


def _said(sentence: str, status: int) -> int:
    print(safe(" ".join(sentence.split())), file=sys.stderr)
    return status

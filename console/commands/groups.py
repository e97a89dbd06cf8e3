"""The top command: the console itself, and the commands below it."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from console.commands.clipboard import clipboard_options, wanted
from console.commands.lazily import LazyGroup
from console.commands.line import Line
from console.commands.options import group_options
from store.domain.names import visible
from store.errors import CommandsOnly, Invalid

THEMES = ("dark", "light", "high-contrast", "colour-blind")
"""By name; what they look like is loaded with the console."""


_ascii = click.option(
    "--ascii/--no-ascii",
    "ascii_only",
    default=None,
    help="Draw without symbols. Usual on Linux' own console, whose fonts lack them.",
)

_theme_option = click.option(
    "--theme",
    type=click.Choice(THEMES),
    help="Its colours. [KEYDECK_THEME]",
)
_read_only = click.option(
    "--read-only", is_flag=True, help="Take away every verb that changes something."
)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@group_options
@_ascii
@clipboard_options(from_environment=True)
@_theme_option
@_read_only
@click.option("--api", metavar="URL", help="Where the verifier answers. [KEYDECK_API]")
@click.option(
    "--guest",
    type=click.IntRange(1),
    metavar="PERSON_ID",
    help="For sshd's forced command.",
)
@click.option(
    "--by-key",
    type=(str, click.IntRange(0)),
    metavar="SHA256:… ADDED_AT",
    help="With --guest: the SSH key, as it is in the store.",
)
@click.option("--no-console", is_flag=True, help="With --guest: for commands only.")
@click.option(
    "--pepper-file",
    "pepper_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="For --guest; else KEYDECK_PEPPER_FILE.",
)
@click.version_option(
    None, "-V", "--version", package_name="keydeck", message="keydeck %(version)s"
)
@click.pass_context
def keydeck(context: click.Context, /, guest: int | None, **given: Any) -> int | None:
    """The API-key console for the terminal.

    Without a command it opens the console; on a new store it walks through set-up first.
    """
    line: Line = context.obj
    line.take(guest=guest, **given)
    if line.no_console and line.guest is None:
        raise click.UsageError("--no-console is for --guest.", context)
    if line.by_key is not None and line.guest is None:
        raise click.UsageError("--by-key is for --guest.", context)
    if guest is not None:
        if context.invoked_subcommand is not None:
            raise click.UsageError("--guest takes no command: sshd says which.", context)
        return _as_guest(line)
    if context.invoked_subcommand is None:
        if line.json:
            raise click.UsageError("--json is for a command, such as keydeck keys list.", context)
        return _console(line)
    if line.read_only and line.guest is None and context.invoked_subcommand != demo.name:
        raise click.UsageError("--read-only is for the console.", context)
    return None


def _as_guest(line: Line) -> int | None:
    """Run what somebody let in over SSH asked for; the console where that is nothing."""
    from console.commands import over_ssh

    words = over_ssh.words(line.asked)
    over_ssh.check(keydeck, words, looks_only=line.read_only)
    done: int | None = keydeck.main(words, prog_name="keydeck", standalone_mode=False, obj=line)
    return done


@keydeck.command()
@_ascii
@clipboard_options()
@_theme_option
@_read_only
@click.pass_obj
def demo(line: Line, /, **given: Any) -> int:
    """Open the console on a throwaway store, with a verifier and live traffic.

    Leaving it stops the processes and removes the files.
    """
    from console.colours import settle

    settle()
    from console.demo.run import run
    from console.text.plain import lacks_signs

    line.take(**given)
    return run(
        ascii_only=lacks_signs() if line.ascii_only is None else line.ascii_only,
        clipboard=wanted(line),
        theme=_theme(line),
        read_only=line.read_only,
    )


def _console(line: Line) -> int:
    from console.colours import settle
    from console.loading import undisturbed

    if line.no_console:
        raise CommandsOnly
    settle()
    with undisturbed():
        from console.app import run
        from console.text.plain import lacks_signs
    from console.launch_options import LaunchOptions

    at_home = line.guest is None
    named = line.api or os.environ.get("KEYDECK_API") or None
    return run(
        LaunchOptions(
            url=line.address,
            pepper_path=line.pepper_path,
            workspace=line.slug,
            email=line.who if at_home else None,
            password=line.given_password if at_home else None,
            guest=line.guest,
            ssh_key=line.came_by,
            api=None if named is None else _address(named),
            ascii_only=lacks_signs() if line.ascii_only is None else line.ascii_only,
            clipboard=wanted(line, guest=not at_home),
            theme=_theme(line),
            read_only=line.read_only,
        )
    )


def _theme(line: Line) -> str:
    """Return the theme by name. Raises Invalid for one of the environment that is none.

    Commands draw nothing: whatever the environment says of it stops none of them.
    """
    named = line.theme or os.environ.get("KEYDECK_THEME") or THEMES[0]
    if named not in THEMES:
        known = ", ".join(THEMES)
        raise Invalid("theme", f"KEYDECK_THEME is “{named}”, which is no theme. Use {known}.")
    return named


def _address(text: str) -> str:
    """Return where a verifier answers, without a slash at its end. Raises Invalid."""
    found = urlsplit(text)
    if found.scheme not in ("http", "https") or not found.netloc or not visible(text):
        raise Invalid("api", f"“{text}” is no address. Write https://api.example.com.")
    return text.rstrip("/")


keydeck.modules = {
    "authorized-keys": "console.commands.asked_by_sshd",
} | {
    name: f"console.commands.{name}"
    for name in (
        "audit",
        "can",
        "colour",
        "connections",
        "help",
        "init",
        "keys",
        "leaks",
        "limits",
        "login",
        "logout",
        "people",
        "plan",
        "proxy",
        "resources",
        "resume",
        "rotations",
        "routes",
        "scan",
        "serve",
        "stop",
        "stops",
        "store",
        "tools",
        "verifiers",
        "why",
    )
}

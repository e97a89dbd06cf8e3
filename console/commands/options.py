"""Options every command takes, before its name or after it."""

import functools
from collections.abc import Callable
from typing import Any

import click

from console.commands import completing
from console.commands.line import Line

_STORE = click.option(
    "--store",
    "url",
    metavar="URL",
    help="The store. [KEYDECK_STORE, else a file below ~/.local/share/keydeck]",
)
_JSON = click.option("--json", is_flag=True, help="One JSON document on standard output.")


def _who(*, hidden: bool) -> tuple[Callable[..., Any], ...]:
    return (
        click.option(
            "--workspace",
            metavar="SLUG",
            shell_complete=completing.workspaces,
            help="Where you belong to several. [KEYDECK_WORKSPACE]",
            hidden=hidden,
        ),
        click.option(
            "--as",
            "as_email",
            metavar="EMAIL",
            shell_complete=completing.people,
            help="Sign in as. [KEYDECK_AS]",
            hidden=hidden,
        ),
        click.option(
            "--password-stdin",
            is_flag=True,
            help="Read the password from standard input. [KEYDECK_PASSWORD, else asked for]",
            hidden=hidden,
        ),
    )


_WORKSPACE, _AS, _STDIN = _who(hidden=False)
_UNUSED = _who(hidden=True)

end_older_option = click.option(
    "--end-older", is_flag=True, help="Cut off the key this one is replacing, although it is used."
)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options, and its `Line` as first argument."""
    return _with(command, _STORE, _WORKSPACE, _AS, _JSON, _STDIN)


def for_newcomers(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command of somebody who has no password yet the shared options but `--as`."""
    return _with(command, _STORE, _WORKSPACE, _JSON, _STDIN, _UNUSED[1])


def for_operator(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that asks nobody to sign in what it has use for.

    The rest is taken, for whoever gives every command the same, and stands in no help.
    """
    return _with(command, _STORE, _JSON, *_UNUSED)


def either_side(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that takes a key `--old` and `--new`. To be named below `common`.

    They say which key of a rotation is meant: both go by one name.
    """

    @functools.wraps(command)
    def with_side(
        line: Line, /, *, reference: str | None, old: bool, new: bool, **given: Any
    ) -> Any:
        if old and new:
            raise click.UsageError("--old and --new are two keys: say one.")
        if old or new:
            if reference is None:
                raise click.UsageError("--old and --new are of a rotation: name its key.")
            store, actor = line.signed_in()
            progress = store.rotation_progress.watch(actor, reference).progress
            reference = (progress.predecessor if old else progress.successor).id
        return command(line, reference=reference, **given)

    made = click.option("--new", is_flag=True, help="The one that replaces it.")(with_side)
    return click.option("--old", is_flag=True, help="Of a rotation the older key.")(made)


def looks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command whose exit status 1 is a finding end with 6 where it could not look at all.

    To be named below `common`.
    """

    @functools.wraps(command)
    def looking(line: Line, /, *given: Any, **options: Any) -> Any:
        line.looks = True
        return command(line, *given, **options)

    return looking


def common_but_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that names a new workspace the other shared options."""
    return _with(command, _STORE, _JSON, _STDIN)


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(command)
    @click.pass_obj
    def with_line(line: Line, /, **given: Any) -> Any:
        shared = {
            name: given.pop(name)
            for name in ("url", "workspace", "as_email", "json", "password_stdin")
            if name in given
        }
        line.take(**shared)
        return command(line, **given)

    made: Callable[..., Any] = with_line
    for option in reversed(options):
        made = option(made)
    return made


def between() -> list[click.Option]:
    """Return the shared options as a group below the top takes them, between it and its command."""

    def take(context: click.Context, option: click.Parameter, given: object) -> None:
        context.ensure_object(Line).take(**{str(option.name): given})

    made: list[click.Option] = []
    for names, flag, offered in (
        (("--store", "url"), False, None),
        (("--workspace",), False, completing.workspaces),
        (("--as", "as_email"), False, completing.people),
        (("--json",), True, None),
        (("--password-stdin",), True, None),
    ):
        made.append(
            click.Option(
                names,
                is_flag=flag,
                expose_value=False,
                hidden=True,
                callback=take,
                shell_complete=offered,
            )
        )
    return made


def group_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give the top group the shared options."""
    for option in (_STDIN, _JSON, _AS, _WORKSPACE, _STORE):
        command = option(command)
    return command

"""Groups of commands; one loads them when they are called for, so that the console opens fast."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from console.commands.options import between

_WHOLE = 1000
"""Characters of a summary, which is one sentence: none is cut."""


class Group(click.Group):
    """A group that says in whole sentences what its commands do, and which one was meant."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        own = {param.name for param in self.params}
        self.params += [option for option in between() if option.name not in own]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called. Raises NoSuchCommand with all there are."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=known, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their summaries, over as many lines as those take."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [
            (name, command.get_short_help_str(_WHOLE))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class LazyGroup(Group):
    """A group that knows its commands by the modules they are in."""

    modules: Mapping[str, str] = {}
    """By a command's name the module that has it, under that name, _ for -."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, loaded or not."""
        return sorted({*self.commands, *self.modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading it, or None where there is none of that name."""
        if cmd_name in self.modules and cmd_name not in self.commands:
            module = import_module(self.modules[cmd_name])
            self.add_command(getattr(module, cmd_name.replace("-", "_")))
        return super().get_command(ctx, cmd_name)

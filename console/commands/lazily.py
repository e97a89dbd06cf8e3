"""A group whose commands are loaded when one is called for, so that opening the console is fast."""

from collections.abc import Mapping
from importlib import import_module

import click


class LazyGroup(click.Group):
    """A group that knows its commands by the modules they are in."""

    modules: Mapping[str, str] = {}
    """By a command's name the module that has it, under the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, loaded or not."""
        return sorted({*self.commands, *self.modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading it, or None where there is none of that name."""
        if cmd_name in self.modules and cmd_name not in self.commands:
            self.add_command(getattr(import_module(self.modules[cmd_name]), cmd_name))
        return super().get_command(ctx, cmd_name)

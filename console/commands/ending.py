"""Commands that end something: which they are, and how they ask first.

At a terminal they ask, with what would stop before one's eyes; `--yes` answers. Without a terminal
nobody can be asked, and they act, so that scripts go on working.
"""

from collections.abc import Callable
from typing import Any

import click

from console.commands import standard_input
from console.commands.line import Line
from console.commands.output import say
from store.domain.names import fold
from store.errors import KeydeckError

ENDS = {
    "audit archive": "the keeping of old entries in the store",
    "connections clients remove": "that an assistant may ask",
    "connections revoke": "a connection",
    "connections scope": "what a connection may do",
    "connections network": "from where a connection is used",
    "keys expire": "a key, where that is sooner",
    "keys extend": "a key, where that is sooner",
    "keys limit": "what a key is used for beyond so many requests",
    "keys network": "from where a key is used, with --enforce",
    "keys revoke": "a key",
    "keys rotate": "the older key of a successor; the key itself, where the overlap is short",
    "keys scope": "what a key may do, where that is less",
    "keys trim": "what a key may do",
    "limits set": "what keys are used for together beyond so many requests",
    "people accept": "the code; who vouches, and for what, is said first",
    "people invite": "the code of before",
    "people leave": "a membership, and the assistants they connected",
    "people offboarding revoke": "a key",
    "people offboarding rotate": "what keys rotate ends",
    "people role": "what somebody may do, where that is less",
    "people ssh-keys remove": "that an SSH key lets somebody in",
    "plan": "every key of a workspace, on free",
    "resources actions": "an action of a resource, with --remove",
    "resources remove": "a resource",
    "resources sample": "the resources of the sample API, with off",
    "rotations abandon": "the new key",
    "rotations extend": "the old key, where that is sooner",
    "rotations finish": "the old key",
    "routes import": "what a route lets pass",
    "routes remove": "what a route lets pass",
    "scan": "the keys that were found, with --revoke",
    "stop": "the use of keys, until they are let go on",
    "store copy": "the use of the old store",
    "store restore": "what was changed since the backup",
    "store upgrade": "the use of the store by an older keydeck",
    "tools add": "the tools that a document of that title gave before",
    "tools remove": "a tool",
}
"""Every command that ends something, by its name, and what. Each has `--yes`, from `ends`."""

ENDS_NOTHING = frozenset(
    {
        "audit",
        "audit anchor",
        "authorized-keys",
        "audit export",
        "audit verify",
        "can",
        "colour",
        "demo",
        "help",
        "init",
        "proxy check",
        "proxy recipe",
        "resume",
        "serve",
        "stops list",
        "verifiers",
        "verifiers forget",
        "why",
        "connections approve",
        "connections check",
        "connections clients add",
        "connections clients list",
        "connections list",
        "connections show",
        "connections refusals",
        "connections usage",
        "keys confirm",
        "keys create",
        "keys import",
        "keys due",
        "keys holders",
        "keys label",
        "keys list",
        "keys owner",
        "keys remark",
        "keys rename",
        "keys show",
        # Nobody calls with what has not begun.
        "keys start",
        "keys unused-scopes",
        "keys refusals",
        "keys usage",
        "leaks dismiss",
        "leaks policy",
        "limits list",
        "login",
        # It is for nothing but that, of whoever says it.
        "logout",
        "people add",
        "people authorize",
        "people enrol",
        "people list",
        "people password",
        "people offboarding finish",
        "people offboarding keep",
        "people offboarding list",
        # Each of its answers is a question's.
        "people offboarding resume",
        "people offboarding show",
        "people ssh-keys add",
        "people ssh-keys list",
        "resources add",
        "resources list",
        "rotations list",
        "rotations show",
        "routes add",
        "routes list",
        "routes test",
        # It begins to serve; without a terminal it is not done.
        "store backup",
        "store check",
        "store confirm",
        "store grants",
        "tools list",
        "tools test",
    }
)
"""Every other command."""


class NotAgreed(KeydeckError):
    """Whoever was asked did not say yes."""

    def __str__(self) -> str:
        return "Nothing was changed."


def ends(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command of `ENDS` its `--yes`."""
    option = click.option(
        "--yes", is_flag=True, expose_value=False, callback=_take, help="Do not ask."
    )
    return option(command)


def _take(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        context.ensure_object(Line).yes = True


def asks(line: Line) -> bool:
    """Return whether one is to be asked: it saves reading what nobody would see."""
    return not line.yes and standard_input.is_terminal()


def ask(
    line: Line,
    question: str,
    *sentences: str,
    name: str | None = None,
    start: str = "",
    unattended: bool = True,
) -> None:
    """Tell what would stop and ask, before something ends. Raises NotAgreed.

    Where somebody would be cut off, a `name` has to be typed, or a `start` of an id in its place,
    as in the console; else it is a y. Where nobody is there to be asked it is a yes, but a no for
    what is not done `unattended`.
    """
    if line.yes:
        return
    if not standard_input.is_terminal():
        if unattended:
            return
        say(f"{question} Nobody is there to ask: say --yes.")
        raise NotAgreed
    asked, answers = f"{question} [y/N]: ", {"y", "yes"}
    if name is not None:
        sentences = (*sentences, question)
        asked = f"Type “{name}”{f' or {start}' if start else ''} to do it: "
        answers = {fold(name), fold(start or name)}
    if fold(standard_input.answer(asked, *sentences) or "") not in answers:
        raise NotAgreed

"""sshd's forced command: what runs for whoever an SSH key belongs to, whatever they ask for."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from store.errors import Invalid

if TYPE_CHECKING:
    from store.domain.people import CameBy
    from store.operations.store import Store


def access_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that lets an SSH key in the two options that take something from it."""
    console = click.option("--no-console", is_flag=True, help="For commands only.")
    looks = click.option(
        "--read-only", "looks_only", is_flag=True, help="For looking only: it changes nothing."
    )
    return console(looks(command))


def words(
    store: str,
    pepper_path: Path,
    person_id: int,
    *,
    workspace: str | None = None,
    no_console: bool = False,
    looks_only: bool = False,
    came_by: "CameBy | None" = None,
) -> list[str]:
    """Return the forced command for a person, with absolute paths.

    `store` is an `address`, `came_by` their SSH key, where the store has it.
    """
    return [
        *_this_program(),
        "--store",
        store,
        "--pepper-file",
        str(pepper_path.absolute()),
        *(("--workspace", workspace) if workspace else ()),
        *(("--no-console",) if no_console else ()),
        *(("--read-only",) if looks_only else ()),
        *(("--by-key", came_by.fingerprint, str(came_by.added_at)) if came_by else ()),
        "--guest",
        str(person_id),
    ]


def address(store: "Store") -> str:
    """Return where a store is, with an absolute path.

    Raises Invalid where its address holds a password, which everybody would see.
    """
    database = store.database
    if database.on_sqlite:
        return f"sqlite:///{database.path.absolute()}"
    if database.holds_password:
        raise Invalid(
            "store",
            "The line would hold the store's password. Put it in ~/.pgpass of the account that "
            "runs the console, and leave it out of KEYDECK_STORE.",
        )
    return database.place


def _this_program() -> list[str]:
    # -E: sshd may have been told to accept variables that steer Python. -P: see
    # store.system.processes.
    program = Path(sys.argv[0]).absolute()
    named = ["-m", "console"] if program.suffix == ".py" else [str(program)]
    return [sys.executable, "-EP", *named]

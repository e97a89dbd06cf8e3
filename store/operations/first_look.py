"""A first look at a store: what an admin sees first, without all that the use cases stand on.

It reads what opening, letting in and listing read, in their own words, and changes nothing. It is
for whoever draws before the store is open: what is looked at may be seen, and by whom, is asked
here as everywhere; whether they may act is asked by what they do, and that they came in is written
by `SignIn`, which comes next and may still refuse. Wherever anything is not as usual nothing is
shown, and the usual way says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.credentials import peppers as pepper_file
from store.domain.listing import Page, View
from store.domain.people import Actor, Plan, Role, Workspace
from store.errors import KeydeckError
from store.persistence.database.sqlite_driver import identity, prepare_sqlite, sqlite_library
from store.persistence.database.still import stamp
from store.persistence.high_water import HighWaterMark
from store.persistence.migrations.newest import SCHEMA_VERSION
from store.persistence.repositories.first_frame import Columns, FirstFrame, Membership
from store.persistence.repositories.opening import PEPPERS, SETTINGS, VERSION, opened
from store.persistence.repositories.seen_entries import traced

_FILE = "sqlite:///"
_PATIENCE_MS = 100
"""For a lock: whoever waits longer sees the console without its rows."""
_Driver: Any = sqlite_library()


class _NotAsUsual(Exception):
    """The usual way has to be gone."""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What is there for an admin of a workspace, as of one instant."""

    actor: Actor
    workspace: Workspace
    prefix: str
    """Of the store's keys."""
    view: View
    page: Page
    now: int
    revision: int


def first_look(
    url: str | None,
    pepper_path: Path | None,
    person_id: int,
    slug: str | None,
    *,
    now: int,
    limit: int,
) -> FirstLook | None:
    """Return what somebody sees first who was let in already, as an admin of a pro workspace.

    None where the store is not a file at a plain address, or not one to be served as it is; where
    they are no admin there; where their filter, or anything else, takes the whole console.
    """
    path = _plain(url)
    if path is None or pepper_path is None:
        return None
    try:
        return _looked(path, pepper_path, person_id, slug, now, limit)
    except (_NotAsUsual, _Driver.Error, KeydeckError, OSError, ValueError, LookupError):
        # The usual way meets it, too, and has a sentence for it.
        return None


def _plain(url: str | None) -> Path | None:
    """Return the file that an address names which needs no reading; None for any other address."""
    if url is None or not url.startswith(f"{_FILE}/") or any(sign in url for sign in "?%#"):
        return None
    return Path(url.removeprefix(_FILE))


def _looked(
    path: Path, pepper_path: Path, person_id: int, slug: str | None, now: int, limit: int
) -> FirstLook:
    before = identity(path)
    # What can only be read here is opened in another way.
    if before is None or stamp(path) is not None:
        raise _NotAsUsual
    mark = HighWaterMark.beside(pepper_path, str(path.resolve()))
    known = mark.known()
    connection = _Driver.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        prepare_sqlite(connection.execute, _PATIENCE_MS)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        found = connection.execute(VERSION.sqlite).fetchone()
        if found is None or found[0] != SCHEMA_VERSION:
            raise _NotAsUsual
        settings = opened(connection.execute(SETTINGS.sqlite).fetchone() or ())
        trace = traced(
            mark.to_find(settings.state, known),
            lambda statement, *given: connection.execute(statement.sqlite, given).fetchone(),
        )
        unknown = not any(
            (one.place, one.store) == (str(path.resolve()), settings.state.store)
            for one in known.filed
        )
        if unknown or settings.prefix is None or mark.set_back(settings.state, known, trace):
            raise _NotAsUsual
        peppers = pepper_file.read(pepper_path)
        wanted = [row[0] for row in connection.execute(PEPPERS.sqlite)]
        pepper_file.check_complete(peppers, wanted, pepper_path)

        def execute(words: str, given: Mapping[str, object]) -> list[Columns]:
            cursor = connection.execute(words, given)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

        frame = FirstFrame(execute)
        one = _chosen(frame.memberships(person_id), slug)
        view = frame.view(one.workspace.id, one.person_id)
        if view.filter:
            raise _NotAsUsual
        page = frame.page(one.workspace.id, view, now=now, limit=limit)
        if identity(path) != before:
            raise _NotAsUsual
    finally:
        connection.close()
    actor = Actor(one.person_id, one.email, one.name, one.workspace.id)
    revision = settings.state.revision
    return FirstLook(actor, one.workspace, settings.prefix, view, page, now, revision)


def _chosen(theirs: list[Membership], slug: str | None) -> Membership:
    named = [one for one in theirs if slug in (None, one.workspace.slug)]
    if len(named) != 1:
        raise _NotAsUsual
    if named[0].role is not Role.ADMIN or named[0].workspace.plan is not Plan.PRO:
        raise _NotAsUsual
    return named[0]

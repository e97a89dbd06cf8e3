"""What is read by the driver alone, where somebody waits: in words that were frozen.

Each of them names the workspace, the person whose it is, or the SSH key, as the repositories do
whose statements they are (`store.persistence.repositories.freeze`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from store.domain.keys import Key
from store.domain.listing import Cursor, Page, Sort, View
from store.domain.people import Plan, Role, Workspace
from store.domain.ssh_keys import SshKey
from store.persistence.repositories.key_rows import Columns, keys_of
from store.persistence.repositories.ssh_key_rows import ssh_key_of

FROZEN = "frozen_reads.json"
IDS = "{ids}"
"""What stands in the words for ids, however many."""

Execute = Callable[[str, Mapping[str, object]], list[Columns]]
"""Runs words with parameters by name, and returns the rows."""


class Read(TypedDict):
    """One statement."""

    words: str
    constants: dict[str, object]
    """Parameters that never vary."""
    head: list[int | str]
    """The sort values that are the same in each of its rows."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a person may come in."""

    workspace: Workspace
    person_id: int
    email: str
    name: str
    role: Role


def place_name(sort: Sort, *, descending: bool) -> str:
    """Return the name of the reads of a list's places in an order."""
    return f"places by {sort.value}{', descending' if descending else ''}"


class FrozenReads:
    """One transaction's view of what the first frame shows, and of whom an SSH key lets in."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute

    def memberships(self, person_id: int) -> list[Membership]:
        """Return what a person's account opens, oldest workspace first."""
        found = self._all("account", person=person_id)
        account = found[0]["account_id"] if found else None
        if account is None:
            return []
        return [_membership(row) for row in self._all("memberships", account=account)]

    def view(self, workspace_id: int, person_id: int) -> View:
        """Return how a person looked at a workspace's keys last."""
        found = self._all("view", workspace=workspace_id, person=person_id)
        if not found or found[0]["sort"] not in set(Sort):
            return View()
        return View(found[0]["filter"], Sort(found[0]["sort"]), bool(found[0]["descending"]))

    def page(self, workspace_id: int, view: View, *, now: int, limit: int) -> Page:
        """Return the first keys of a workspace in the order of a view; its filter is left out."""
        places: list[Cursor] = []
        for read in _frozen()[place_name(view.sort, descending=view.descending)]:
            if len(places) <= limit:
                wanted = {"workspace": workspace_id, "now": now, "limit": limit + 1 - len(places)}
                rows = self._run(read, wanted)
                places += [(*read["head"], *row.values()) for row in rows]
        keys = self._keys(workspace_id, [str(place[-1]) for place in places[:limit]], now)
        return Page(keys, places[limit - 1] if len(places) > limit else None)

    def ssh_key(self, fingerprint: str) -> SshKey | None:
        """Return the SSH key of a fingerprint, or None."""
        found = self._all("ssh key", fingerprint=fingerprint)
        return ssh_key_of(found[0]) if found else None

    def _keys(self, workspace_id: int, ids: Sequence[str], now: int) -> tuple[Key, ...]:
        beside = _Beside(self._of, workspace_id, now)
        rows = self._of("keys", ids, workspace=workspace_id, now=now)
        found = {key.id: key for key in keys_of(rows, beside)}
        return tuple(found[one] for one in ids)

    def _of(self, name: str, ids: Sequence[str], **given: object) -> list[Columns]:
        """Return what is read of some keys by their ids."""
        read = _frozen()[name][0]
        named = {f"id_{number}": one for number, one in enumerate(ids)}
        words = read["words"].replace(f"'{IDS}'", ", ".join(f":{name}" for name in named))
        return self._run({**read, "words": words}, {**given, **named})

    def _all(self, name: str, **given: object) -> list[Columns]:
        return self._run(_frozen()[name][0], given)

    def _run(self, read: Read, given: Mapping[str, object]) -> list[Columns]:
        return self._execute(read["words"], {**read["constants"], **given})


@dataclass(frozen=True, slots=True)
class _Beside:
    of: Callable[..., list[Columns]]
    workspace_id: int
    now: int

    def rotations(self, ids: Sequence[str]) -> list[Columns]:
        return self.of("rotations", ids, workspace=self.workspace_id, now=self.now)

    def refused(self, ids: Sequence[str]) -> list[Columns]:
        return self.of("refused", ids, workspace=self.workspace_id)


@cache
def _frozen() -> dict[str, list[Read]]:
    text = (Path(__file__).parent / FROZEN).read_text("utf-8")
    found: dict[str, list[Read]] = json.loads(text)
    return found


def _membership(row: Columns) -> Membership:
    workspace = Workspace(row["id"], row["slug"], row["name"], Plan(row["plan"]), row["colour"])
    return Membership(
        workspace, row["person_id"], row["email"], row["person_name"], Role(row["role"])
    )

"""Freezing what somebody waits for to be read: the repositories' own statements as SQLite's words.

To load SQLAlchemy and put them together takes longer than everything else until the console's first
frame, or until sshd's answer. So their words are kept in `frozen_reads.json`, which

    python -m store.persistence.repositories.freeze

writes; a test compares the two. What varies in them is a parameter by its name.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, BindParameter, SelectBase, Text, bindparam
from sqlalchemy.dialects.sqlite import dialect

from store.domain.listing import KeyQuery, Sort
from store.persistence.repositories.frozen_reads import FROZEN, IDS, Read, place_name
from store.persistence.repositories.key_columns import (
    among,
    select_keys,
    select_refused,
    select_rotations,
)
from store.persistence.repositories.key_order import parts_of
from store.persistence.repositories.key_pages import KeyPages
from store.persistence.repositories.key_views import select_view
from store.persistence.repositories.people import select_account, select_memberships
from store.persistence.repositories.ssh_keys import select_ssh_key
from store.persistence.schema import keys, people


def compiled() -> dict[str, list[Read]]:
    """Return every read by its name; a list of keys is read from several, one after the other."""
    # The builders take numbers; what stands in their place here is one for each execution.
    now: Any = _given("now")
    workspace: Any = _given("workspace")
    person: Any = _given("person")
    limit: Any = _given("limit")
    fingerprint: Any = bindparam("fingerprint", None, type_=Text)
    account = people.c.account_id == _given("account")
    found = select_keys().where(keys.c.workspace_id == workspace, among(keys.c.id, [IDS]))
    reads = {
        "account": [_words(select_account(person))],
        "memberships": [_words(select_memberships(account))],
        "view": [_words(select_view(workspace, person))],
        "keys": [_words(found)],
        "rotations": [_words(select_rotations(workspace, [IDS], now))],
        "refused": [_words(select_refused(workspace, [IDS]))],
        "ssh key": [_words(select_ssh_key(fingerprint))],
    }
    nowhere: Any = None
    pages = KeyPages(nowhere, now)
    for sort in Sort:
        for descending in (False, True):
            query = KeyQuery((), sort, descending)
            reads[place_name(sort, descending=descending)] = [
                _words(pages.of_part(workspace, query, part).limit(limit), part.head)
                for part in parts_of(query, now)
            ]
    return reads


def _given(name: str) -> BindParameter[int]:
    return bindparam(name, None, type_=BigInteger)


def _words(select: SelectBase, head: tuple[int | str, ...] = ()) -> Read:
    made = select.compile(
        dialect=dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
    )
    constants = {name: value for name, value in made.params.items() if value is not None}
    return {"words": str(made), "constants": constants, "head": list(head)}


def main() -> None:
    """Write the words down."""
    text = json.dumps(compiled(), indent=1, sort_keys=True)
    (Path(__file__).parent / FROZEN).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

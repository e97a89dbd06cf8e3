"""One change of every active key that a filter finds: shown first, then made key by key."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands.in_force import report
from console.commands.line import Line
from console.commands.output import document, say
from store.errors import RefusedByRule

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.errors import KeydeckError
    from store.operations.store import Store
    from store.service.commits import Commit, Done

PAGE = 500


def _saying(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    """Return a filter that says which keys. Raises UsageError: an unset variable means no key."""
    from store.domain.filtering import finds_all

    if text is not None and finds_all(text):
        raise click.UsageError(
            "--filter says nothing here, and would find every key: say which, or state:active."
        )
    return text


of_many = click.option(
    "--filter",
    "text",
    metavar="TEXT",
    callback=_saying,
    help="In place of ID: every active key that it finds, such as 'for:customer_42'.",
)
foretells = click.option(
    "--dry-run", is_flag=True, help="Change nothing; say which keys would be changed."
)


class SomeRefused(RefusedByRule):
    """Keys of several could not be changed: which, and why the first of them."""

    def __init__(self, keys: "Sequence[Key]", why: str) -> None:
        """`why` is a sentence."""
        super().__init__(keys, why)
        self.keys, self.why = keys, why

    def __str__(self) -> str:
        """Return the sentences."""
        from console.text.batches import counted, listed_names

        one = len(self.keys) == 1
        whose = "" if one else " of the first"
        return (
            f"{counted(len(self.keys))} could not be changed and "
            f"{'is as it was' if one else 'are as they were'}: {listed_names(self.keys)}. "
            f"That{whose} is because: {self.why}"
        )


def found(store: "Store", actor: "Actor", text: str) -> "list[Key]":
    """Return the active keys that a filter finds. Raises Invalid, or NoKeyMatches for none.

    All of them are read before one is changed: what is changed may no longer fit the filter.
    """
    from store.domain.filtering import terms
    from store.domain.listing import KeyQuery, Sort
    from store.errors import NoKeyMatches

    query = KeyQuery(terms(f"state:active {text}"), Sort.NAME)
    page = store.keys.page(actor, query, limit=PAGE)
    keys = [*page.keys]
    while page.next is not None:
        page = store.keys.page(actor, query, limit=PAGE, after=page.next)
        keys += page.keys
    if not keys:
        raise NoKeyMatches(text)
    return keys


def foretell(line: Line, store: "Store", keys: "Sequence[Key]", becomes: str) -> None:
    """Say which keys would be changed, and to what: `would be labelled tier=gold`."""
    from console.text.batches import counted
    from console.text.key_fields import key_object
    from console.text.safe import safe

    if line.json:
        now = store.clock.now()
        document([key_object(key, now) for key in keys])
        return
    for key in keys:
        print(f"{store.prefix}_{key.id}  {safe(key.name)}")
    say(f"{counted(len(keys))} would {becomes}. Nothing was changed.")


def change_each(
    line: Line,
    store: "Store",
    keys: "Sequence[Key]",
    change: "Callable[[Key], Done[Key]]",
    became: tuple[str, str],
) -> None:
    """Change one key after the other, as it is by then, and say so with one receipt for all.

    What somebody ended meanwhile is left as it is, and so is what cannot have the change: the
    others are changed all the same. Cut in the middle it says what was done: the same once more
    goes on. `became` is what one is, and what several are: `belongs to mia`, `belong to mia`.
    Raises SomeRefused at the end, or at once what is no refusal of one key.
    """
    from console.text.batches import counted
    from console.text.key_fields import key_object
    from store.errors import (
        AlreadyRevoked,
        InvalidInput,
        KeyExpired,
        NotFound,
        PlanRequired,
    )

    changed: list[Key] = []
    refused: list[tuple[Key, KeydeckError]] = []
    commits: list[Commit] = []
    ended = 0

    def told(more: str) -> None:
        number = len(changed)
        now = store.clock.now()
        content: dict[str, Any] = {
            "changed": [key_object(key, now) for key in changed],
            "refused": [{"key": key.id, "name": key.name, "why": str(why)} for key, why in refused],
        }
        sentence = f"{counted(number)} {became[number != 1]}.{_stopped(keys, changed)}{more}"
        report(line, store, tuple(commits), sentence, content)

    try:
        for key in keys:
            try:
                after, more = change(key).unpack()
            except (AlreadyRevoked, KeyExpired):
                ended += 1
                continue
            except PlanRequired:
                # Of no key.
                raise
            except (RefusedByRule, InvalidInput, NotFound) as error:
                refused.append((key, error))
                continue
            changed.append(after)
            commits += more
    except BaseException:
        if changed:
            told(f" Of {len(keys):,}: the same once more goes on.")
        raise
    told(f" {counted(ended)} ended meanwhile." if ended else "")
    if refused:
        raise SomeRefused([key for key, _ in refused], str(refused[0][1]))


def _stopped(before: "Sequence[Key]", after: "Sequence[Key]") -> str:
    """Return what was stopped by the change, or goes on by it; empty where nothing was."""
    was = {key.id: key.stopped_at is not None for key in before}
    now = {key.id: key.stopped_at is not None for key in after}
    sentences = _counted(was, now)
    return "".join(f" {sentence}" for sentence in sentences)


def _counted(was: dict[str, bool], now: dict[str, bool]) -> Iterator[str]:
    stopped = sum(now[one] and not was[one] for one in now)
    going = sum(was[one] and not now[one] for one in now)
    if stopped:
        yield f"{stopped:,} of them {'is' if stopped == 1 else 'are'} stopped from now on."
    if going:
        yield f"{going:,} of them {'goes' if going == 1 else 'go'} on now."

"""One change of a key, or of every active key that a filter finds: foretold, or made one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, asks
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.output import document, say
from store.errors import (
    AdminsOnly,
    AlreadyRevoked,
    InvalidInput,
    KeyExpired,
    NotForMembers,
    NotFound,
    PlanRequired,
    RefusedByRule,
)

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.errors import KeydeckError
    from store.operations.store import Store
    from store.service.commits import Commit, Done

PAGE = 500
OF_ONE_KEY = (RefusedByRule, InvalidInput, NotFound)
"""Why one key cannot have what others can; but a plan's refusal is of all."""
MOST_SHOWN = 5
"""Keys whose evidence is shown before one is asked; `--dry-run` shows that of all."""


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """By what somebody decides whether a key is to have a change."""

    sentences: Sequence[str]
    content: Mapping[str, Any]
    """The same as JSON has it."""

    def show(self, line: Line) -> None:
        """Print it, for `--dry-run` of one key."""
        from console.text.safe import safe

        if line.json:
            document(self.content)
            return
        for sentence in self.sentences:
            print(safe(sentence))


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of each key of several."""

    make: "Callable[[Key], Done[Key]]"
    of_one: str
    """`belongs to mia`, as it is said of one key."""
    of_several: str
    """`belong to mia`."""
    question: str = ""
    """`Limit {}?`, where it ends something; else nobody is asked."""
    evidence: "Callable[[Key], Evidence] | None" = None
    any_plan: bool = False
    """Whether it only takes away, which every plan lets one do."""

    def said(self, number: int) -> str:
        """Return what became of so many keys: `2 keys belong to mia`."""
        from console.text.batches import counted

        return f"{counted(number)} {self.of_one if number == 1 else self.of_several}"

    def foretold(self, number: int) -> str:
        """Return what would become of them: `2 keys would belong to mia`, `… be labelled …`."""
        from console.text.batches import counted

        first, _, rest = self.of_several.partition(" ")
        return f"{counted(number)} would {'be' if first == 'are' else first} {rest}"


def one_of(reference: str | None, text: str | None) -> None:
    """Raise UsageError unless a key is named or a filter says which, one of the two."""
    if (reference is None) == (text is None):
        raise click.UsageError("Name a key, or say --filter: one of the two.")


def shifted(
    reference: str | None, words: Sequence[str], text: str | None
) -> tuple[str | None, Sequence[str]]:
    """Return the key that is named and the words after it: with a filter all are such words."""
    if text is None or reference is None:
        return reference, words
    return None, (reference, *words)


def found(store: "Store", actor: "Actor", text: str, *, any_plan: bool = False) -> "list[Key]":
    """Return the active keys that a filter finds. Raises Invalid, or NoKeyMatches for none.

    All of them are read before one is changed: what is changed may no longer fit the filter. Those
    that are to be revoked or stopped are found on `any_plan`, which is for admins.
    """
    from store.domain.filtering import terms
    from store.domain.listing import KeyQuery, Sort
    from store.errors import NoKeyMatches

    query = KeyQuery(terms(f"state:active {text}"), Sort.NAME)
    page_of = store.keys.page_to_end if any_plan else store.keys.page
    page = page_of(actor, query, limit=PAGE)
    keys = [*page.keys]
    while page.next is not None:
        page = page_of(actor, query, limit=PAGE, after=page.next)
        keys += page.keys
    if not keys:
        raise NoKeyMatches(text)
    return keys


def change_keys(
    line: Line,
    reference: str | None,
    text: str | None,
    change: Change,
    told: "Callable[[Key], str]",
    *,
    dry_run: bool,
) -> None:
    """Change, or foretell, the key that is named or all that a filter finds, and ask nobody.

    `told` says of the one that is named what became of it: `belongs to mia`. Raises NotFound, or as
    `change_found` does.
    """
    from console.text.key_fields import key_object

    store, actor = line.signed_in()
    if text is not None:
        change_found(line, store, actor, text, change, dry_run=dry_run)
        return
    before = store.keys.show(actor, reference or "")
    if dry_run:
        foretell(line, store, [before], change)
        return
    key, commits = change.make(before).unpack()
    becomes = ""
    if (before.stopped_at is None) is not (key.stopped_at is None):
        becomes = " It goes on now." if key.stopped_at is None else " It is stopped from now on."
    sentence = f"“{key.name}” ({store.prefix}_{key.id}) {told(key)}.{becomes}"
    report(line, store, commits, sentence, key_object(key, store.clock.now()))


def change_found(
    line: Line, store: "Store", actor: "Actor", text: str, change: Change, *, dry_run: bool
) -> None:
    """Change every active key that a filter finds, asked first where it ends something.

    Raises NoKeyMatches, NotAgreed, or as `change_each` does.
    """
    keys = found(store, actor, text, any_plan=change.any_plan)
    if dry_run:
        foretell(line, store, keys, change)
        return
    if change.question and asks(line):
        _ask(line, keys, change)
    change_each(line, store, keys, change)


def foretell(line: Line, store: "Store", keys: "Sequence[Key]", change: Change) -> None:
    """Say which keys would be changed, which could not be, and what speaks for or against it.

    Each is changed and taken back, so that what is said is what would be. A viewer, who may change
    none, is told which they are. Raises SomeRefused.
    """
    from console.text.safe import safe

    changed: list[Key] = []
    refused: list[tuple[Key, KeydeckError]] = []
    evidence: list[Evidence] = []
    tries = True
    with store.transactions.rehearsing():
        for key in keys:
            try:
                after = _tried(key, change) if tries else None
                tries = after is not None
                told = change.evidence(key) if change.evidence is not None else None
            except PlanRequired:
                raise
            except OF_ONE_KEY as error:
                refused.append((key, error))
                continue
            changed.append(after or key)
            evidence += [] if told is None else [told]
    if line.json:
        now = store.clock.now()
        content = _outcome(changed, refused, now)
        foreseen = [one.content for one in evidence]
        document({"dry_run": True, "tried": tries, **content, "foreseen": foreseen})
    else:
        for at, key in enumerate(changed):
            print(f"{store.prefix}_{key.id}  {safe(key.name)}")
            for sentence in evidence[at].sentences if evidence else ():
                print(f"  {safe(sentence)}")
        untried = "" if tries else " Whether each can be was not tried: that is for admins."
        say(f"{change.foretold(len(changed))}. Nothing was changed.{untried}")
    if refused:
        raise SomeRefused([key for key, _ in refused], str(refused[0][1]))


def change_each(line: Line, store: "Store", keys: "Sequence[Key]", change: Change) -> None:
    """Change one key after the other, as it is by then, and say so with one receipt for all.

    What somebody ended meanwhile is left as it is, and so is what cannot have the change: the
    others are changed all the same. Cut in the middle it says what was done: the same once more
    goes on. Raises SomeRefused at the end, or at once what is no refusal of one key.
    """
    changed: list[Key] = []
    refused: list[tuple[Key, KeydeckError]] = []
    commits: list[Commit] = []
    ended: list[Key] = []

    def told(more: str) -> None:
        content = _outcome(changed, refused, store.clock.now())
        sentence = f"{change.said(len(changed))}.{_stopped(keys, changed)}{more}"
        report(line, store, tuple(commits), sentence, content)

    try:
        for key in keys:
            try:
                after, more = change.make(key).unpack()
            except (AlreadyRevoked, KeyExpired):
                ended.append(key)
                continue
            except PlanRequired:
                # Of no key.
                raise
            except OF_ONE_KEY as error:
                refused.append((key, error))
                continue
            changed.append(after)
            commits += more
    except BaseException:
        if changed:
            told(f" Of {len(keys):,}: the same once more goes on.")
        raise
    told(ended_meanwhile(ended))
    if refused:
        raise SomeRefused([key for key, _ in refused], str(refused[0][1]))


def ended_meanwhile(keys: "Sequence[Key]") -> str:
    """Return which keys somebody ended since they were found; empty for none."""
    from console.text.batches import counted, listed_names

    return f" {counted(len(keys))} ended meanwhile: {listed_names(keys)}." if keys else ""


def _ask(line: Line, keys: "Sequence[Key]", change: Change) -> None:
    from console.text.batches import counted

    sentences: list[str] = []
    for key in keys[:MOST_SHOWN]:
        sentences += [f"“{key.name}”", *(f"  {one}" for one in _told_of(key, change))]
    if more := len(keys) - len(keys[:MOST_SHOWN]):
        sentences.append(f"and {counted(more)} more: --dry-run shows all")
    ask(line, change.question.format(counted(len(keys))), *sentences)


def _tried(key: "Key", change: Change) -> "Key | None":
    """Return a key as a change would leave it; None where that is for admins to try."""
    try:
        return change.make(key).unwaited()
    except NotForMembers:
        raise
    except AdminsOnly:
        return None


def _told_of(key: "Key", change: Change) -> "Sequence[str]":
    """Return what speaks for or against a change of a key, or why it cannot have it."""
    try:
        return change.evidence(key).sentences if change.evidence else ()
    except PlanRequired:
        raise
    except OF_ONE_KEY as error:
        return (str(error),)


def _outcome(
    changed: "Sequence[Key]", refused: "Sequence[tuple[Key, KeydeckError]]", now: int
) -> dict[str, Any]:
    from console.text.key_fields import key_object

    return {
        "changed": [key_object(key, now) for key in changed],
        "refused": [{"key": key.id, "name": key.name, "why": str(why)} for key, why in refused],
    }


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

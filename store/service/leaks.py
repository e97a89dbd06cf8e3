"""Leaks: whose key is it that was found where none should be, and what becomes of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.batches import PAUSE_S, batches
from store.domain.foreign import Hash, Known
from store.domain.key_string import ID_LENGTH, Secret
from store.domain.keys import Key, State
from store.domain.leaks.finding import Finder, finder
from store.domain.leaks.foreign_values import either, foreign_finder
from store.domain.leaks.policy import LeakPolicy
from store.domain.names import checked_name
from store.domain.people import LEAK_REPORTS, Actor, Role, Workspace
from store.domain.times import HOUR
from store.errors import AdminsOnly, Invalid, NotAMember
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.importing import digests_of
from store.service.key_access import find_key
from store.service.mutation import Mutation, TakingMutation
from store.service.transactions import Needs, Transactions, check_standing, looked_at

MOST_PLACES = 20
"""Places of one key that the audit names."""
REPORTED_AT_ONCE = 25
"""Keys that one transaction marks: a few hundredths of a second."""
MOST_REPORTS = 20
"""Reports of one key that are written down within AGAIN_AFTER."""
AGAIN_AFTER = HOUR
"""What the same reporter says of a key and a place is written down no more often."""
REPORTED = Action.LEAK_REPORTED
REASON = "reported leaked"


@dataclass(frozen=True, slots=True)
class Leaked:
    """A key of one of the asker's workspaces, whose full string was found."""

    workspace: Workspace
    key: Key
    managed: bool = True
    """Whether the asker is an admin there; a viewer may hear of it, and mark nothing."""


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A key of a workspace in which the asker is, and about whose keys they may not hear."""

    workspace: Workspace


class LeakService:
    """Tells what a found key opens, for keys of the workspaces that somebody may look at."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def check_may_look(self, actor: Actor) -> None:
        """Raise NotAllowed for whom every key would be unknown: they look at no workspace."""
        with self._transactions.reading() as unit:
            if not looked_at(unit, actor):
                check_standing(unit, actor, Needs.VIEWER, "see whose a key is that was found")

    def finder(self) -> Finder:
        """Return what finds keys of this store in bytes, and what may be one brought along."""
        with self._transactions.reading() as unit:
            shapes = unit.foreign.shapes()
        return either(finder(self._transactions.prefix), foreign_finder(shapes))

    def whose(self, actor: Actor, found: Secret) -> Leaked | Unmanaged | None:
        """Return the key a full string is, None where it is none of the actor's workspaces.

        An id alone proves nothing: the digest has to fit. One that somebody else made is found by
        its digests alone, unless those are of a password's hash.
        """
        return self.whose_all(actor, (found,))[0]

    def whose_all(self, actor: Actor, found: Sequence[Secret]) -> list[Leaked | Unmanaged | None]:
        """Return what `whose` does of each of many full strings, in their order."""
        return [whose for some in batches(found) for whose in self._whose_of(actor, some)]

    def _whose_of(self, actor: Actor, found: Sequence[Secret]) -> list[Leaked | Unmanaged | None]:
        ids = [one.reveal()[len(self._transactions.prefix) + 1 :][:ID_LENGTH] for one in found]
        whose: dict[int, Leaked | Unmanaged] = {}
        with self._transactions.reading() as unit:
            brought = _brought(unit, self._transactions, found)
            ids = [brought[place][1] if place in brought else one for place, one in enumerate(ids)]
            theirs = {one.workspace.id: one.role for one in looked_at(unit, actor)}
            account_id = unit.people.account_id(actor.person_id)
            for membership in unit.people.memberships_of(account_id):
                workspace = membership.workspace
                kept = unit.keys.digests(workspace.id, ids)
                fits = [
                    place
                    for place, key_id in enumerate(ids)
                    if key_id in kept
                    and (place in brought or _fits(self._transactions, found[place], *kept[key_id]))
                ]
                role = theirs.get(workspace.id)
                if role is None:
                    whose |= dict.fromkeys(fits, Unmanaged(workspace))
                    continue
                keys = unit.keys.some(workspace.id, [ids[place] for place in fits])
                managed = role is Role.ADMIN
                whose |= {place: Leaked(workspace, keys[ids[place]], managed) for place in fits}
        return [whose.get(place) for place in range(len(found))]

    def report(self, actor: Actor, leaked: Leaked, places: Sequence[str]) -> None:
        """Keep in the audit of its workspace that a key was found, and where.

        Raises NotAllowed when the actor may not say so any more.
        """
        self.report_all(actor, ((leaked, places),))

    def report_all(self, actor: Actor, found: Sequence[tuple[Leaked, Sequence[str]]]) -> None:
        """Do what `report` does for many keys, REPORTED_AT_ONCE in a transaction.

        Those of the transactions before one that fails are reported. Raises what `report` does.
        """
        for number, some in enumerate(batches(found, REPORTED_AT_ONCE)):
            time.sleep(PAUSE_S if number else 0)
            with self._transactions.writing(raise_revision=False) as mutation:
                theirs = {one.workspace.id: one for one in looked_at(mutation.unit, actor)}
                for leaked, places in some:
                    there = theirs.get(leaked.workspace.id)
                    if there is None:
                        raise NotAMember(leaked.workspace.name)
                    if there.role is not Role.ADMIN:
                        raise AdminsOnly("mark keys as leaked")
                    _mark(mutation, there, leaked, places)

    def dismiss(self, actor: Actor, reference: str, reason: str) -> Key:
        """Take the mark from a key that was reported leaked, and keep why in the audit.

        Raises NotAllowed, NotFound, or Invalid without a reason or for a key without the mark.
        """
        if not reason.strip():
            raise Invalid("reason", "Say why it is no leak: it is part of the audit.")
        reason = checked_name(reason, "reason")
        with self._transactions.writing(raise_revision=False) as mutation:
            unit, workspace_id = mutation.unit, actor.workspace_id
            check_standing(unit, actor, Needs.ADMIN, "dismiss reports of leaked keys")
            key = find_key(unit, workspace_id, self._transactions.prefix, reference, verb=True)
            if key.leaked_at is None:
                raise Invalid("id", f"“{key.name}” is not marked as leaked.")
            unit.keys.clear_leaked(workspace_id, key.id)
            action = Action.LEAK_DISMISSED
            mutation.audit(workspace_id, actor, action, key.id, key.name, reason=reason)
            return find_key(unit, workspace_id, self._transactions.prefix, key.id)


def _mark(mutation: Mutation, finder: Membership, leaked: Leaked, places: Sequence[str]) -> None:
    mutation.unit.keys.set_leaked(leaked.workspace.id, leaked.key.id)
    mutation.audit(
        leaked.workspace.id,
        # As that workspace knows them.
        Actor(finder.person_id, finder.email, finder.name, finder.workspace.id),
        Action.KEY_FOUND_LEAKED,
        leaked.key.id,
        leaked.key.name,
        places=list(places[:MOST_PLACES]),
        more=max(0, len(places) - MOST_PLACES) or None,
    )


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody who need not be known found somewhere."""

    found: Secret
    by: str
    """Whose signature it had, or the address it came from."""
    url: str
    source: str


class LeakReports:
    """Takes reports from anybody: whoever has a whole key has proven that it is out."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def take(self, report: Reported) -> Done[None]:
        """Do as the policy says with a live key; what is none changes nothing.

        Raises StoreUnusable.
        """
        transactions = self._transactions
        with transactions.reading() as unit:
            policy = unit.settings.leak_policy()
            whose = _whose(unit, transactions, report.found)
            if whose is None:
                return Done(None, ())
            key = unit.keys.get(*whose)
            if policy is LeakPolicy.OFF or key is None or not _is_news(unit, key, policy, report):
                return Done(None, ())
        with transactions.taking_away(raise_revision=policy is LeakPolicy.REVOKE) as mutation:
            key = mutation.unit.keys.get(*whose)
            # Somebody else may have been here since.
            if key is None or not _is_news(mutation.unit, key, policy, report):
                mutation.leave_unchanged()
            else:
                self._write(mutation, key, policy, report)
        return mutation.done(None)

    def _write(
        self, mutation: TakingMutation, key: Key, policy: LeakPolicy, report: Reported
    ) -> None:
        keys, whose = mutation.unit.keys, key.workspace_id
        keys.set_leaked(whose, key.id)
        mutation.audit(
            whose,
            None,
            REPORTED,
            key.id,
            key.name,
            system=LEAK_REPORTS,
            reporter=report.by,
            url=report.url,
            source=report.source,
        )
        if policy is LeakPolicy.REVOKE:
            keys.set_revoked(whose, key.id, None, REASON, mutation.revision)
            mutation.audit(
                whose,
                None,
                Action.KEY_REVOKED,
                key.id,
                key.name,
                system=LEAK_REPORTS,
                takes_away=True,
                reason=REASON,
            )


def _is_news(unit: Unit, key: Key, policy: LeakPolicy, report: Reported) -> bool:
    """Return whether a report is to be written down: another place or reporter is news, too."""
    if key.state(unit.now) is not State.ACTIVE:
        return False
    if policy is LeakPolicy.REVOKE:
        return True
    entries = unit.audit.newest(key.workspace_id, limit=MOST_REPORTS, subject=key.id)
    # What was found by a scan is no report: a public site is worse than a disk of one's own.
    recent = [
        entry.details
        for entry in entries
        if entry.action == REPORTED and unit.now - entry.at < AGAIN_AFTER
    ]
    details = {"reporter": report.by, "url": report.url, "source": report.source}
    return len(recent) < MOST_REPORTS and details not in recent


def _whose(unit: Unit, transactions: Transactions, found: Secret) -> tuple[int, str] | None:
    """Return the workspace and the id of the key that a full string is, in whichever workspace."""
    brought = _brought(unit, transactions, (found,))
    if brought:
        return brought[0]
    key_id = found.reveal()[len(transactions.prefix) + 1 :][:ID_LENGTH]
    place = unit.keys.anywhere(key_id)
    if place is None or not _fits(transactions, found, *place[1:]):
        return None
    return place[0], key_id


def _brought(
    unit: Unit, transactions: Transactions, found: Sequence[Secret]
) -> dict[int, tuple[int, str]]:
    """Return the workspace and the id of those keys that somebody else made, by their places."""
    at: dict[str, int] = {}
    for place, one in enumerate(found):
        value = one.reveal()
        if not value.startswith(f"{transactions.prefix}_"):
            told = Known(Hash.NONE, value.encode())
            at |= dict.fromkeys(digests_of(transactions.peppers, told).values(), place)
    return {at[digest]: whose for digest, whose in unit.foreign.places([*at]).items()}


def _fits(transactions: Transactions, found: Secret, digest: bytes, pepper: str) -> bool:
    return pepper in transactions.peppers and transactions.peppers.matches(
        found.reveal(), pepper, digest
    )

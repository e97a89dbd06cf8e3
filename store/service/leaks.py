"""Leaks: whose key is it that was found where none should be, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.errors import NotAMember
from store.keys import Key, State
from store.leaks.policy import LeakPolicy
from store.people import LEAK_REPORTS, Actor, Workspace
from store.secrets import ID_LENGTH, Secret
from store.service.ground import Ground, Mutation, managed
from store.times import HOUR

MOST_PLACES = 20
"""Places of one key that the audit names."""
AGAIN_AFTER = HOUR
"""A key that is reported over and over is written down no more often."""
REASON = "reported leaked"


@dataclass(frozen=True, slots=True)
class Leaked:
    """A key of one of the asker's workspaces, whose full string was found."""

    workspace: Workspace
    key: Key


class LeakService:
    """Tells an admin what a found key opens, for keys of the workspaces they manage."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def whose(self, actor: Actor, found: Secret) -> Leaked | None:
        """Return the key a full string is, None where it is none of the actor's workspaces.

        An id alone proves nothing: the digest has to fit.
        """
        key_id = found.reveal()[len(self._ground.prefix) + 1 :][:ID_LENGTH]
        with self._ground.reading() as unit:
            for workspace in managed(unit, actor):
                kept = unit.keys.digest(workspace.id, key_id)
                if kept is None or not _fits(self._ground, found, *kept):
                    continue
                key = unit.keys.get(workspace.id, key_id)
                return None if key is None else Leaked(workspace, key)
        return None

    def report(self, actor: Actor, leaked: Leaked, places: Sequence[str]) -> None:
        """Keep in the audit of its workspace that a key was found, and where.

        Raises NotAllowed when the actor may not say so any more.
        """
        with self._ground.writing(raise_revision=False) as mutation:
            theirs = [one.id for one in managed(mutation.unit, actor)]
            if leaked.workspace.id not in theirs:
                raise NotAMember(leaked.workspace.name)
            mutation.unit.keys.set_leaked(leaked.workspace.id, leaked.key.id)
            mutation.audit(
                leaked.workspace.id,
                actor,
                "key.found_leaked",
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

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def take(self, report: Reported) -> None:
        """Do as the policy says with a live key; what is none changes nothing.

        Raises StoreUnusable.
        """
        ground = self._ground
        key_id = report.found.reveal()[len(ground.prefix) + 1 :][:ID_LENGTH]
        with ground.reading() as unit:
            policy = unit.settings.leak_policy()
            place = unit.keys.anywhere(key_id)
            if place is None or not _fits(ground, report.found, *place[1:]):
                return
            key = unit.keys.get(place[0], key_id)
            if policy is LeakPolicy.OFF or key is None or not _is_news(key, policy, unit.now):
                return
        with ground.writing(raise_revision=policy is LeakPolicy.REVOKE) as mutation:
            key = mutation.unit.keys.get(place[0], key_id)
            # Somebody else may have been here since.
            if key is None or not _is_news(key, policy, mutation.now):
                mutation.audited = True
                return
            self._write(mutation, key, policy, report)

    def _write(self, mutation: Mutation, key: Key, policy: LeakPolicy, report: Reported) -> None:
        keys, whose = mutation.unit.keys, key.workspace_id
        keys.set_leaked(whose, key.id)
        mutation.audit(
            *(whose, None, "leak.reported", key.id, key.name),
            system=LEAK_REPORTS,
            reporter=report.by,
            url=report.url,
            source=report.source,
        )
        if policy is LeakPolicy.REVOKE:
            keys.set_revoked(whose, key.id, None, REASON, mutation.revision)
            mutation.audit(
                *(whose, None, "key.revoked", key.id, key.name),
                system=LEAK_REPORTS,
                reason=REASON,
            )


def _is_news(key: Key, policy: LeakPolicy, now: int) -> bool:
    if key.state(now) is not State.ACTIVE:
        return False
    known = key.leaked_at is not None and now - key.leaked_at < AGAIN_AFTER
    return policy is LeakPolicy.REVOKE or not known


def _fits(ground: Ground, found: Secret, digest: bytes, pepper: str) -> bool:
    return pepper in ground.peppers and ground.peppers.matches(found.reveal(), pepper, digest)

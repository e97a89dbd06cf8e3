"""Bringing along keys that somebody else made: their values stay with whoever has them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from store.credentials.peppers import Peppers
from store.credentials.slow_hashes import guard
from store.domain.audit.actions import Action
from store.domain.audit.entry import Told
from store.domain.batches import PAUSE_S, batches
from store.domain.foreign import (
    HASHES,
    KEYED,
    LONGEST,
    SHORTEST,
    SLOW,
    Hash,
    Hashing,
    Known,
    Shape,
)
from store.domain.key_string import mint
from store.domain.labels import to_stored
from store.domain.limits import to_stored as limits_stored
from store.domain.people import Actor, KnownBy
from store.domain.scopes import canonical
from store.domain.times import rfc3339_or_none
from store.errors import (
    ImportRefused,
    Invalid,
    InvalidInput,
    KeydeckError,
    LibraryMissing,
    NameTaken,
    NotFound,
    ValueKnown,
)
from store.persistence.repositories.foreign_digests import ForeignKeyRow, FoundBy
from store.persistence.unit import Unit
from store.service.keys import NewKey
from store.service.mutation import Mutation
from store.service.new_keys import Room
from store.service.transactions import Needs, Transactions, check_standing

MOST_AT_ONCE = 1000
"""Keys that one transaction brings along, all or none: whoever else writes waits as long."""
SKIPPING_AT_ONCE = 200
"""The same where those are left out that cannot be."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A key as a file tells of it."""

    line: int
    """Where it stands there."""
    wanted: NewKey
    known: Known


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one, or would."""

    line: int
    name: str
    key_id: str | None
    """The key's id where it was brought along."""
    why: KeydeckError | None = None
    """Why it was not."""
    already: bool = False
    """Whether it was before, in this workspace, and is not revoked."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far keys that were brought along have come."""

    imported: int
    moved: int
    """Were presented since."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for all keys of a file."""

    prefix: str = ""
    """What each value begins with: others are not looked up."""
    old_pepper: bytes | None = None
    """What those of the schemes in `KEYED` were keyed with."""

    def __repr__(self) -> str:
        return f"Asked({self.prefix!r})"


_OURS = "Values that begin as this store's own keys do cannot be brought along."


class ImportService:
    """Brings keys along, and tells how far they have come."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def arrived(self, actor: Actor) -> Arrived:
        """Return how many keys were brought along and moved. Raises NotAllowed or PlanRequired."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "see API keys")
            imported, waiting = unit.foreign.counts(actor.workspace_id)
            return Arrived(imported, imported - waiting)

    def brought(self, actor: Actor, key_id: str) -> bool:
        """Return whether a key was brought along, used since or not.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "see API keys")
            return unit.foreign.brought(actor.workspace_id, key_id)

    def try_out(
        self, actor: Actor, found: Sequence[ForeignKey], asked: Asked | None = None
    ) -> list[Outcome]:
        """Return what would become of each; nothing is written for it, nor an old pepper kept.

        Raises NotAllowed, PlanRequired or Invalid.
        """
        candidates = self._candidates(found, asked or Asked())
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_ADMIN, "create API keys")
            return self._judged(unit, actor, candidates).outcomes

    def bring(
        self,
        actor: Actor,
        found: Sequence[ForeignKey],
        asked: Asked | None = None,
        *,
        skip_bad: bool = False,
    ) -> list[Outcome]:
        """Bring keys along.

        All or none, and then at most `MOST_AT_ONCE`; with `skip_bad` those that can be, some at a
        time, and what was brought along before is passed over, so that it can be said again after
        it was cut off. An old pepper is kept beside ours from before the first of them on. Raises
        NotAllowed, PlanRequired, Invalid, ImportRefused where one could not be brought along, or
        what `Peppers.keep_old` does.
        """
        asked = asked or Asked()
        if not skip_bad and len(found) > MOST_AT_ONCE:
            raise Invalid(
                "file",
                f"{len(found):,} keys are too many to be brought along all or none: at most "
                f"{MOST_AT_ONCE:,}. Split the file, or say --skip-bad.",
            )
        if asked.old_pepper is not None and any(one.known.hash in KEYED for one in found):
            # Few are ever kept, and none is given up: of what is refused none is.
            tried = self.try_out(actor, found, asked)
            if skip_bad or all(one.why is None for one in tried):
                self._keep_old(asked, found, tried)
        outcomes: list[Outcome] = []
        size = SKIPPING_AT_ONCE if skip_bad else MOST_AT_ONCE
        for number, some in enumerate(batches(found, size)):
            time.sleep(PAUSE_S if number else 0)
            # What takes long is done before the lock is asked for.
            candidates = self._candidates(some, asked)
            with self._transactions.writing(raise_revision=True) as mutation:
                check_standing(mutation.unit, actor, Needs.PRO_ADMIN, "create API keys")
                judged = self._judged(mutation.unit, actor, candidates)
                bad = [one for one in judged.outcomes if one.why is not None]
                if bad and not skip_bad:
                    raise ImportRefused(len(bad), bad[0].line, str(bad[0].why))
                # Somebody may have made room for one since it was tried.
                self._keep_old(asked, some, judged.outcomes)
                if judged.accepted:
                    self._write(mutation, actor, judged.accepted, asked)
                else:
                    mutation.leave_unchanged()
            outcomes += judged.outcomes
        return outcomes

    def _keep_old(
        self, asked: Asked, some: Sequence[ForeignKey], outcomes: Sequence[Outcome]
    ) -> None:
        """Keep an old pepper where a key is brought along that needs it."""
        if asked.old_pepper is not None and any(
            outcome.key_id is not None and one.known.hash in KEYED
            for one, outcome in zip(some, outcomes, strict=True)
        ):
            self._transactions.peppers.keep_old(asked.old_pepper)

    def _old(self, asked: Asked) -> str:
        peppers = self._transactions.peppers
        return "" if asked.old_pepper is None else peppers.name_of_old(asked.old_pepper)

    def _candidates(
        self, found: Sequence[ForeignKey], asked: Asked
    ) -> list["_Candidate | Outcome"]:
        if asked.prefix.startswith(f"{self._transactions.prefix}_"):
            raise Invalid("prefix", _OURS)
        old = self._old(asked)
        return [self._candidate(one, asked.prefix, old) for one in found]

    def _candidate(self, one: ForeignKey, prefix: str, old_pepper: str) -> "_Candidate | Outcome":
        """Return a key with all that is to be kept of it; an outcome where it cannot be kept."""
        peppers = self._transactions.peppers
        try:
            self._check(one.known, prefix, old_pepper)
            hashing = one.known.hashing(old_pepper)
            slow = one.known.hash in SLOW
            kept = str(guard(peppers, hashing, one.known.hashed.decode())) if slow else None
        except (Invalid, LibraryMissing) as error:
            return Outcome(one.line, one.wanted.name, None, error)
        # Its own secret is in nobody's hands: only the value that somebody else made opens it.
        minted = mint(self._transactions.prefix)
        digest = peppers.digest(minted.key, peppers.newest)
        digests = digests_of(peppers, one.known, old_pepper)
        return _Candidate(one, hashing, kept, digests, minted.id, digest)

    def _check(self, known: Known, prefix: str, old_pepper: str) -> None:
        """Raise Invalid for what would be brought along, and never looked up."""
        told = known.public or (known.hashed.decode() if known.hash is Hash.NONE else None)
        if told is not None and not told.startswith(prefix):
            field = "public" if known.public else "digest"
            raise Invalid(field, "This value begins in another way than --prefix says.")
        if told is not None and told.startswith(f"{self._transactions.prefix}_"):
            raise Invalid("digest", _OURS)
        if known.hash in KEYED and not old_pepper:
            raise Invalid(
                "old_pepper", f"Say with --old-pepper FILE what {known.hash} was keyed with."
            )

    def _judged(
        self, unit: Unit, actor: Actor, candidates: Sequence["_Candidate | Outcome"]
    ) -> "_Judged":
        """Return which of them can be brought along; the store is asked about all at once."""
        every = [one for one in candidates if isinstance(one, _Candidate)]
        digests = [digest for one in every for digest in one.digests.values()]
        taken = unit.foreign.taken(digests)
        working = unit.foreign.working(actor.workspace_id, digests)
        wanted = [one.one.wanted for one in every]
        room = Room(unit, actor.workspace_id, self._transactions.prefix, wanted)
        judged = _Judged([], [])
        for candidate in candidates:
            if isinstance(candidate, Outcome):
                judged.outcomes.append(candidate)
                continue
            line, name = candidate.one.line, candidate.one.wanted.name
            its = candidate.digests.values()
            if not taken.isdisjoint(its):
                again = any((digest, candidate.guard) in working for digest in its)
                why = None if again else ValueKnown()
                judged.outcomes.append(Outcome(line, name, None, why, already=again))
                continue
            try:
                checked = room.check(candidate.one.wanted)
            except (InvalidInput, NotFound, NameTaken) as error:
                judged.outcomes.append(Outcome(line, name, None, error))
                continue
            room.take(checked[0])
            found_by = candidate.found_by(self._transactions.peppers.newest)
            taken.update(one.digest for one in found_by)
            working.update((one.digest, one.guard) for one in found_by)
            judged.accepted.append(_Accepted(candidate, *checked, found_by))
            judged.outcomes.append(Outcome(line, name, candidate.key_id))
        return judged

    def _write(
        self, mutation: Mutation, actor: Actor, accepted: Sequence["_Accepted"], asked: Asked
    ) -> None:
        """Keep keys: as many statements as for one."""
        unit, whose, pepper = mutation.unit, actor.workspace_id, self._transactions.peppers.newest
        rows = [one.row(pepper, unit.now) for one in accepted]
        unit.keys.add_foreign(whose, rows, actor.person_id, mutation.revision)
        unit.holders.add_first(
            whose, [known for one in accepted for known in one.known_by(actor)], unit.now
        )
        unit.foreign.add(whose, [found_by for one in accepted for found_by in one.found_by])
        mutation.audit_each(whose, actor, Action.KEY_IMPORTED, [one.told() for one in accepted])
        # Values that are told as they are come by their digests, and the other way round.
        prefix, old = asked.prefix, self._old(asked)
        shapes = {Shape(Hashing(Hash.NONE), pepper, prefix, *_lengths(prefix))}
        for one in accepted:
            known = one.candidate.one.known
            lengths = _lengths(known.public or prefix)
            shapes.add(Shape(known.looked_up(old), pepper, prefix, *lengths))
        for shape in sorted(shapes):
            unit.foreign.add_shape(whose, shape)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A key with all that would be kept of it."""

    one: ForeignKey
    hashing: Hashing
    guard: str | None
    digests: dict[tuple[Hashing, str], str]
    key_id: str
    digest: bytes

    def found_by(self, pepper: str) -> list[FoundBy]:
        """Return by what it is found."""
        return [
            FoundBy(self.key_id, hashing, digest, self.guard)
            for (hashing, made_with), digest in self.digests.items()
            if made_with == pepper
        ]


@dataclass(frozen=True, slots=True)
class _Accepted:
    candidate: _Candidate
    name: str
    holders: list[int]
    found_by: list[FoundBy]

    def row(self, pepper: str, now: int) -> ForeignKeyRow:
        """Return it as a key."""
        wanted = self.candidate.one.wanted
        return ForeignKeyRow(
            self.candidate.key_id,
            wanted.inherited(self.name, now),
            self.candidate.digest,
            pepper,
            wanted.expires_at,
            str(self.candidate.hashing),
        )

    def known_by(self, actor: Actor) -> list[tuple[str, int, KnownBy]]:
        """Return who may know its value, and how."""
        people = {actor.person_id: KnownBy.CREATED}
        people |= dict.fromkeys(self.holders, KnownBy.CUSTODIAN)
        return [(self.candidate.key_id, person_id, how) for person_id, how in people.items()]

    def told(self) -> Told:
        """Return what the audit says of it."""
        wanted = self.candidate.one.wanted
        details: dict[str, object] = {
            "scopes": canonical(wanted.scopes),
            "expires_at": rfc3339_or_none(wanted.expires_at),
            "hash": self.candidate.one.known.hash.value,
            "holders": list(wanted.holders),
            "owner": wanted.owner,
            "labels": to_stored(wanted.labels),
            "not_before": rfc3339_or_none(wanted.not_before),
            "networks": wanted.networks and str(wanted.networks),
            "limits": limits_stored(wanted.limits),
        }
        return Told(self.candidate.key_id, self.name, details)


@dataclass(frozen=True, slots=True)
class _Judged:
    outcomes: list[Outcome]
    """Of each candidate, in their order."""
    accepted: list[_Accepted]


def _lengths(beginning: str) -> tuple[int, int]:
    """Return between which lengths values are that begin so."""
    return max(SHORTEST, len(beginning)), LONGEST


def digests_of(
    peppers: Peppers, known: Known, old_pepper: str = ""
) -> dict[tuple[Hashing, str], str]:
    """Return all that may be kept of a value, by how it is hashed and the pepper.

    Of one that is told as it is, what would be kept of its digests too.
    """
    hashed = {known.looked_up(old_pepper): known.public.encode() or known.hashed}
    if known.hash is Hash.NONE:
        every = [*map(Hashing, HASHES), *(Hashing(Hash.HMAC_SHA256, name) for name in peppers.old)]
        hashed |= {hashing: peppers.hashed(hashing, known.hashed) for hashing in every}
    return {
        (hashing, pepper): peppers.foreign(str(hashing), value, pepper)
        for hashing, value in hashed.items()
        for pepper in peppers.fingerprints
    }

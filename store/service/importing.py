"""Bringing along keys that somebody else made: their values stay with whoever has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.credentials.peppers import Peppers
from store.credentials.slow_hashes import guard
from store.domain.audit.actions import Action
from store.domain.batches import batches
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
from store.domain.keys import Inherited
from store.domain.people import Actor, KnownBy
from store.domain.scopes import canonical
from store.domain.times import rfc3339_or_none
from store.errors import (
    ImportRefused,
    Invalid,
    InvalidInput,
    KeydeckError,
    LibraryMissing,
    NotFound,
    ValueKnown,
)
from store.errors import NameTaken as Taken
from store.service.keys import NewKey, checked_new_key
from store.service.mutation import Mutation
from store.service.transactions import Needs, Transactions, check_standing

MOST_AT_ONCE = 1000
"""Keys that one transaction brings along: whoever else writes waits as long."""


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


class _Undone(Exception):
    """Nothing of it is kept."""


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
        """Return what would become of each; nothing is kept of it, nor of an old pepper.

        Raises NotAllowed, PlanRequired or Invalid.
        """
        outcomes: list[Outcome] = []
        for some in batches(found, MOST_AT_ONCE):
            try:
                with self._transactions.writing(raise_revision=False) as mutation:
                    outcomes += self._brought(mutation, actor, some, asked or Asked())
                    raise _Undone
            except _Undone:
                pass
        return outcomes

    def bring(
        self,
        actor: Actor,
        found: Sequence[ForeignKey],
        asked: Asked | None = None,
        *,
        skip_bad: bool = False,
    ) -> list[Outcome]:
        """Bring keys along.

        All or none, and then at most `MOST_AT_ONCE`; with `skip_bad` those that can be, so many at
        a time, and what was brought along before is passed over, so that it can be said again after
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
        for some in batches(found, MOST_AT_ONCE):
            with self._transactions.writing(raise_revision=True) as mutation:
                now = self._brought(mutation, actor, some, asked)
                bad = [one for one in now if one.why is not None]
                if bad and not skip_bad:
                    raise ImportRefused(len(bad), bad[0].line, str(bad[0].why))
                # Somebody may have made room for one since it was tried.
                self._keep_old(asked, some, now)
                if not any(one.key_id for one in now):
                    mutation.leave_unchanged()
            outcomes += now
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

    def _brought(
        self, mutation: Mutation, actor: Actor, some: Sequence[ForeignKey], asked: Asked
    ) -> list[Outcome]:
        check_standing(mutation.unit, actor, Needs.PRO_ADMIN, "create API keys")
        prefix, peppers = asked.prefix, self._transactions.peppers
        if prefix.startswith(f"{self._transactions.prefix}_"):
            raise Invalid("prefix", _OURS)
        old = "" if asked.old_pepper is None else peppers.name_of_old(asked.old_pepper)
        outcomes = [self._tried(mutation, actor, one, prefix, old) for one in some]
        arrived = [
            one.known
            for one, outcome in zip(some, outcomes, strict=True)
            if outcome.key_id is not None
        ]
        # Values that are told as they are come by their digests, and the other way round.
        shapes = {Shape(Hashing(Hash.NONE), peppers.newest, prefix, *_lengths(prefix))}
        for known in arrived:
            looked_up = known.looked_up(old)
            lengths = _lengths(known.public or prefix)
            shapes.add(Shape(looked_up, peppers.newest, prefix, *lengths))
        for shape in sorted(shapes) if arrived else ():
            mutation.unit.foreign.add_shape(actor.workspace_id, shape)
        return outcomes

    def _tried(
        self, mutation: Mutation, actor: Actor, one: ForeignKey, prefix: str, old_pepper: str
    ) -> Outcome:
        unit, name, peppers = mutation.unit, one.wanted.name, self._transactions.peppers
        try:
            self._check(one.known, prefix, old_pepper)
            hashing = one.known.hashing(old_pepper)
            slow = one.known.hash in SLOW
            kept = str(guard(peppers, hashing, one.known.hashed.decode())) if slow else None
        except (Invalid, LibraryMissing) as error:
            return Outcome(one.line, name, None, error)
        digests = digests_of(peppers, one.known, old_pepper)
        if unit.foreign.taken(digests.values()):
            if any(
                unit.foreign.has(actor.workspace_id, digest, kept) for digest in digests.values()
            ):
                return Outcome(one.line, name, None, already=True)
            return Outcome(one.line, name, None, ValueKnown())
        try:
            key_id = self._add(mutation, actor, one, hashing)
        except (InvalidInput, NotFound, Taken) as error:
            return Outcome(one.line, name, None, error)
        for (hashed, pepper), digest in digests.items():
            if pepper == peppers.newest:
                unit.foreign.add(actor.workspace_id, key_id, hashed, digest, kept)
        return Outcome(one.line, name, key_id)

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

    def _add(self, mutation: Mutation, actor: Actor, one: ForeignKey, hashing: Hashing) -> str:
        unit, wanted, peppers = mutation.unit, one.wanted, self._transactions.peppers
        name, custodians = checked_new_key(unit, actor, wanted, self._transactions.prefix)
        lifetime_ms = None if wanted.expires_at is None else wanted.expires_at - unit.now
        # Its own secret is in nobody's hands: only the value that somebody else made opens it.
        minted = mint(self._transactions.prefix)
        unit.keys.add(
            actor.workspace_id,
            Inherited(name, wanted.scopes, lifetime_ms, wanted.rotate_every_days),
            key_id=minted.id,
            digest=peppers.digest(minted.key, peppers.newest),
            pepper=peppers.newest,
            created_by=actor.person_id,
            expires_at=wanted.expires_at,
            revision=mutation.revision,
            foreign_hash=str(hashing),
        )
        unit.keys.set_confirmed(actor.workspace_id, minted.id, mutation.revision)
        people = {actor.person_id: KnownBy.CREATED} | dict.fromkeys(custodians, KnownBy.CUSTODIAN)
        for person_id, how in people.items():
            unit.holders.add(actor.workspace_id, minted.id, person_id, how, unit.now)
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.KEY_IMPORTED,
            minted.id,
            name,
            scopes=canonical(wanted.scopes),
            expires_at=rfc3339_or_none(wanted.expires_at),
            hash=one.known.hash.value,
            holders=list(wanted.holders),
        )
        return minted.id


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

"""SshKeyService: which SSH keys let whom in, where sshd asks keydeck.

Adding and removing is the operator's: whoever could add a key to somebody could act as them, in
workspaces whose admin they are not.
"""

from store.domain.audit.actions import Action
from store.domain.people import Actor
from store.domain.ssh_keys import PublicKey, SshKey
from store.errors import NoSuchSshKey, SshKeyKnown, TooManySshKeys
from store.persistence.repositories.people import Membership
from store.service.mutation import Mutation
from store.service.sign_in_of import sign_in_of
from store.service.transactions import Needs, Transactions, check_standing

MOST = 20
"""Keys of one person."""


class SshKeyService:
    """Add, remove, list, and say whom a key lets in."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def opens(self, fingerprint: str) -> SshKey | None:
        """Return the key of a fingerprint, for as long as its person has anything to open."""
        with self._transactions.reading() as unit:
            found = unit.ssh_keys.get(fingerprint)
            if found is None:
                return None
            theirs = unit.people.memberships_of(unit.people.account_id(found.person_id))
            # Whoever is invited comes in to accept.
            return found if theirs or unit.people.membership(found.person_id) else None

    def all(self, email: str | None = None, workspace: str | None = None) -> list[SshKey]:
        """Return every key of the store, or somebody's, oldest first: the operator's to see.

        `workspace` is the slug of one where they are. Raises NoSuchPerson or AmbiguousPerson.
        """
        with self._transactions.reading() as unit:
            if email is None:
                return unit.ssh_keys.every()
            theirs = sign_in_of(unit, email, workspace)[0]
            return unit.ssh_keys.of_person(theirs.person_id, theirs.account_id)

    def seen(self, actor: Actor) -> dict[int, list[SshKey]]:
        """Return what opens a workspace, by the person, to whoever may look. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see SSH keys")
            found: dict[int, list[SshKey]] = {}
            for person_id, key in unit.ssh_keys.into_workspace(actor.workspace_id):
                found.setdefault(person_id, []).append(key)
            return found

    def add(
        self,
        email: str,
        public: PublicKey,
        workspace: str | None = None,
        *,
        console: bool = True,
        looks_only: bool = False,
    ) -> SshKey:
        """Let an SSH key in as somebody; added again it stays as it is.

        `workspace` is the slug of one where they are. Raises NoSuchPerson, AmbiguousPerson,
        SshKeyKnown where it lets somebody else in or in otherwise, or TooManySshKeys.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            theirs = sign_in_of(unit, email, workspace)
            named = [one for one in theirs if one.workspace.slug == workspace]
            whose = (named or theirs)[0]
            key = SshKey(public, whose.person_id, whose.email, console, looks_only, mutation.now)
            there = unit.ssh_keys.of_person(whose.person_id, whose.account_id)
            known = unit.ssh_keys.get(key.fingerprint)
            if known is not None:
                same = (known.console, known.looks_only) == (console, looks_only)
                if not same or known.fingerprint not in {one.fingerprint for one in there}:
                    raise SshKeyKnown(known.fingerprint, known.email)
                mutation.leave_unchanged()
                return known
            if len(there) >= MOST:
                raise TooManySshKeys(whose.email, MOST)
            unit.ssh_keys.add(whose.workspace.id, key)
            _audit(mutation, theirs, Action.PERSON_SSH_KEY_ADDED, key)
            return key

    def remove(self, fingerprint: str) -> SshKey:
        """Let an SSH key in no more; consoles that it has opened end. Raises NoSuchSshKey."""
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            key = unit.ssh_keys.get(fingerprint)
            if key is None:
                raise NoSuchSshKey(fingerprint)
            unit.ssh_keys.remove([fingerprint])
            theirs = unit.people.memberships_of(unit.people.account_id(key.person_id))
            invited = unit.people.membership(key.person_id)
            _audit(
                mutation,
                theirs or ([invited] if invited else []),
                Action.PERSON_SSH_KEY_REMOVED,
                key,
            )
            if not (theirs or invited):
                # Nobody's any more, and the audit has told of that.
                mutation.leave_unaudited()
            return key


def _audit(mutation: Mutation, theirs: list[Membership], action: Action, key: SshKey) -> None:
    """Write what became of a key into the audit of each workspace that it opens."""
    for one in theirs:
        mutation.audit(
            one.workspace.id,
            None,
            action,
            str(one.person_id),
            one.email,
            fingerprint=key.fingerprint,
            kind=key.public.kind,
            console=key.console,
            looks_only=key.looks_only,
        )

"""New keys: what each is made of, and what it is checked against, read for all at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from store.domain.key_networks import KeyNetworks
from store.domain.keys import Inherited, lifetime
from store.domain.labels import Labels, checked_owner
from store.domain.labels import labels as checked_labels
from store.domain.limits import Limits
from store.domain.names import checked_key_name, fold
from store.domain.scopes import Scopes, check_known
from store.errors import Invalid, NameTaken, NoSuchPerson
from store.persistence.unit import Unit

MOST_DAYS = 3650
"""Of an interval of rotation."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is made of. Checked by `create`."""

    name: str
    scopes: Scopes
    expires_at: int | None
    """An instant in UTC milliseconds; None for never."""
    rotate_every_days: int | None = None
    holders: Sequence[str] = field(default_factory=tuple)
    """E-mails of holders."""
    owner: str | None = None
    """Whom it belongs to outside."""
    labels: Labels = field(default_factory=dict)
    not_before: int | None = None
    """When it begins to work, in UTC milliseconds; None for at once."""
    networks: KeyNetworks | None = None
    """Where it is used from; None for anywhere."""
    limits: Limits = ()
    """How often it is used; without any as often as it likes."""

    def inherited(self, name: str, now: int) -> Inherited:
        """Return what a key of a checked name is made with. Raises Invalid."""
        return Inherited(
            name,
            self.scopes,
            lifetime(self.expires_at, self.not_before, now),
            self.rotate_every_days,
            owner=None if self.owner is None else checked_owner(self.owner),
            labels=checked_labels(f"{one}={value}" for one, value in self.labels.items()),
            not_before=self.not_before,
            networks=self.networks,
            limits=self.limits,
        )


class Room:
    """What a workspace has room for. However many keys are asked about, so few statements read."""

    def __init__(
        self, unit: Unit, workspace_id: int, prefix: str, wanted: Sequence[NewKey]
    ) -> None:
        names = [name for one in wanted if (name := _fit(one.name, prefix)) is not None]
        emails = [email for one in wanted for email in one.holders]
        self._now, self._prefix = unit.now, prefix
        self._ids = unit.keys.existing(workspace_id, names)
        self._taken = unit.keys.active_names(workspace_id, names)
        self._catalogue = unit.catalogue.all()
        self._people = unit.people.ids_by_email(workspace_id, emails)

    def check(self, wanted: NewKey) -> tuple[str, list[int]]:
        """Return the name of a key that may be made, and the ids of its holders.

        Raises Invalid, NoSuchResource, NoSuchPerson or NameTaken.
        """
        name = self.check_name(wanted.name)
        if not wanted.scopes:
            raise Invalid("scope", "Grant at least one permission, such as invoices:read.")
        check_known(wanted.scopes, self._catalogue)
        if wanted.expires_at is not None and wanted.expires_at <= self._now:
            raise Invalid("expires", "That is in the past. Choose a later date.")
        if wanted.not_before is not None:
            check_beginning(wanted.not_before, self._now)
            check_order(wanted.not_before, wanted.expires_at)
        every = wanted.rotate_every_days
        if every is not None and not 1 <= every <= MOST_DAYS:
            raise Invalid("rotate_every", f"Rotate every 1 to {MOST_DAYS} days.")
        wanted.inherited(name, self._now)
        holders = []
        for email in wanted.holders:
            person_id = self._people.get(fold(email))
            if person_id is None:
                raise NoSuchPerson(email)
            holders.append(person_id)
        return name, holders

    def check_name(self, name: str, before: str = "") -> str:
        """Return a name as it would be kept, of what was called `before` if it was anything.

        Raises Invalid or NameTaken.
        """
        name = checked_key_name(name, self._prefix)
        if name in self._ids:
            raise Invalid("name", f"“{name}” is another key's id. Name the key after its use.")
        if fold(name) in self._taken and fold(name) != fold(before):
            raise NameTaken(name)
        return name

    def take(self, name: str) -> None:
        """Remember that there is an active key of that name now."""
        self._taken.add(fold(name))


def check_beginning(not_before: int, now: int) -> None:
    """Raise Invalid where a key would begin in the past."""
    if not_before <= now:
        raise Invalid("not_before", "That is in the past. Leave it out, or choose a later date.")


def check_order(not_before: int, expires_at: int | None) -> None:
    """Raise Invalid where a key would end before it begins."""
    if expires_at is not None and expires_at <= not_before:
        raise Invalid("not_before", "It would end before it begins. Move its end, or begin sooner.")


def _fit(name: str, prefix: str) -> str | None:
    """Return a name as it would be kept; None for one that no key may have: none is looked for."""
    try:
        return checked_key_name(name, prefix)
    except Invalid:
        return None

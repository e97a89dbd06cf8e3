"""Whom an e-mail stands for, where the operator names somebody."""

from store.errors import AmbiguousPerson, NoSuchPerson
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit


def sign_in_of(unit: Unit, email: str, workspace: str | None) -> list[Membership]:
    """Return what one sign-in of an e-mail opens; one who has not accepted stands alone.

    `workspace` is the slug of one of them, None for any. Raises NoSuchPerson, or AmbiguousPerson
    where the e-mail stands for several sign-ins.
    """
    every = unit.people.memberships(email)
    memberships = [
        membership for membership in every if workspace in (None, membership.workspace.slug)
    ]
    # Whoever has accepted is meant, where somebody has.
    memberships = [
        membership for membership in memberships if membership.account_id is not None
    ] or memberships
    if not memberships:
        raise NoSuchPerson(email)
    first = memberships[0]
    theirs = [
        membership
        for membership in every
        if membership is first
        or (membership.account_id is not None and membership.account_id == first.account_id)
    ]
    if any(membership not in theirs for membership in memberships):
        raise AmbiguousPerson(email, tuple(membership.workspace.slug for membership in memberships))
    return theirs

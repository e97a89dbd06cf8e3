"""Operator: the commands of whoever owns the store's files. They need no sign-in."""

from collections.abc import Iterable, Sequence

from store.credentials import passwords
from store.domain.audit.actions import Action
from store.domain.filtering import terms
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import Cursor, KeyQuery, Sort
from store.domain.names import checked_email, checked_name, checked_resource, slug
from store.domain.people import COLOURS, Plan, Role, Workspace
from store.domain.scopes import OURS, USUAL, Resource, check_actions, checked_actions
from store.errors import (
    Invalid,
    NoSuchWorkspace,
    ResourceTaken,
    SignInFailed,
    WorkspaceTaken,
)
from store.persistence.unit import Unit
from store.service import one_time_codes
from store.service.catalogue import check_unused, own_resource, with_actions
from store.service.commits import Done
from store.service.in_use import InUse, of_workspace
from store.service.sign_in_of import sign_in_of
from store.service.transactions import Transactions


class Operator:
    """Workspaces, plans, the catalogue, and passwords that were lost."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def add_workspace(
        self,
        name: str,
        admin_email: str,
        password: Secret,
        *,
        admin_name: str | None = None,
        plan: Plan = Plan.PRO,
    ) -> Workspace:
        """Add a workspace with its first admin.

        An e-mail the store knows must come with its own password. Raises Invalid, WorkspaceTaken or
        SignInFailed.
        """
        name, made_slug = checked_name(name, "workspace"), slug(name)
        email = checked_email(admin_email)
        shown_name = checked_name(admin_name or email.partition("@")[0])
        with self._transactions.reading() as unit:
            known = [account for account in unit.accounts.of_email(email) if account.password_hash]
        place = passwords.matching(password, [account.password_hash or "" for account in known])
        if known and place is None:
            raise SignInFailed
        theirs = None if place is None else known[place]
        chosen = None if theirs else passwords.hashed(passwords.checked(password))
        with self._transactions.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            if unit.workspaces.by_slug(made_slug):
                raise WorkspaceTaken(made_slug)
            workspace = unit.workspaces.add(made_slug, name, plan, mutation.now)
            person_id = unit.people.add(workspace.id, email, shown_name, mutation.now)
            unit.people.join(workspace.id, person_id, Role.ADMIN, mutation.now, None)
            if theirs is None:
                unit.people.accept(person_id, unit.accounts.add(chosen, mutation.now))
            elif unit.accounts.get(theirs.id).password_hash == theirs.password_hash:
                unit.people.accept(person_id, theirs.id)
            else:
                # Another was chosen while this one was checked.
                raise SignInFailed
            mutation.audit(
                workspace.id,
                None,
                Action.WORKSPACE_CREATED,
                workspace.slug,
                workspace.name,
                plan=plan.value,
                admin=email,
            )
            return workspace

    def is_empty(self) -> bool:
        """Return whether there is no workspace yet: set-up began and was cut short."""
        with self._transactions.reading() as unit:
            return not unit.workspaces.all()

    def workspace(self, wanted: str | None) -> Workspace:
        """Return the workspace with a slug, or the only one. Raises NoSuchWorkspace."""
        with self._transactions.reading() as unit:
            return _workspace(unit, wanted)

    def set_plan(self, wanted: str | None, plan: Plan) -> Done[Workspace]:
        """Switch the plan of a workspace; one it is on already changes nothing.

        Raises NoSuchWorkspace.
        """
        with self._transactions.reading() as unit:
            workspace = _workspace(unit, wanted)
        if workspace.plan is plan:
            return Done(workspace, ())
        with self._transactions.taking_away() as mutation:
            workspace = _workspace(mutation.unit, wanted)
            if workspace.plan is plan:
                mutation.leave_unchanged()
            else:
                mutation.unit.workspaces.set_plan(workspace.id, plan)
                mutation.audit(
                    workspace.id,
                    None,
                    Action.WORKSPACE_PLAN_CHANGED,
                    workspace.slug,
                    workspace.name,
                    takes_away=workspace.plan is Plan.PRO and plan is not Plan.PRO,
                    plan=plan.value,
                    before=workspace.plan.value,
                )
            changed = mutation.unit.workspaces.by_id(workspace.id)
        return mutation.done(changed)

    def active_keys(self, wanted: str | None) -> int:
        """Return how many active keys a workspace has. Raises NoSuchWorkspace."""
        with self._transactions.reading() as unit:
            return unit.pages.active(_workspace(unit, wanted).id)

    def in_use(self, wanted: str | None) -> InUse:
        """Return how many active keys a workspace has, and who uses them.

        Raises NoSuchWorkspace.
        """
        with self._transactions.reading() as unit:
            return of_workspace(unit, _workspace(unit, wanted).id)

    def set_colour(self, wanted: str | None, colour: str | None) -> Workspace:
        """Change what a workspace's name is drawn in. Raises NoSuchWorkspace or Invalid."""
        if colour is not None and colour not in COLOURS:
            raise Invalid("colour", f"Choose {', '.join(COLOURS)} or none.")
        with self._transactions.writing(raise_revision=False) as mutation:
            workspace = _workspace(mutation.unit, wanted)
            mutation.unit.workspaces.set_colour(workspace.id, colour)
            mutation.audit(
                workspace.id,
                None,
                Action.WORKSPACE_COLOUR_CHANGED,
                workspace.slug,
                workspace.name,
                colour=colour,
                before=workspace.colour,
            )
            return mutation.unit.workspaces.by_id(workspace.id)

    def leak_policy(self) -> LeakPolicy:
        """Return what a report of a leaked key does."""
        with self._transactions.reading() as unit:
            return unit.settings.leak_policy()

    def set_leak_policy(self, policy: LeakPolicy) -> None:
        """Choose what a report of a leaked key does, in all workspaces."""
        with self._transactions.writing(raise_revision=False) as mutation:
            settings = mutation.unit.settings
            before = settings.leak_policy()
            settings.set_leak_policy(policy)
            mutation.audit_everywhere(
                Action.STORE_LEAK_POLICY_CHANGED, policy=policy.value, before=before.value
            )

    def new_code(self, email: str, workspace: str | None = None) -> Secret:
        """Return a new code for somebody whose password is lost, or who was invited.

        The old password works until the code is used. `workspace` is the slug of one where they
        are. Raises NoSuchPerson, or AmbiguousPerson where the e-mail stands for several sign-ins.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            theirs = sign_in_of(mutation.unit, email, workspace)
            for membership in theirs:
                subject = str(membership.person_id)
                mutation.audit(
                    membership.workspace.id,
                    None,
                    Action.PERSON_CODE_ISSUED,
                    subject,
                    membership.email,
                )
            account_id = theirs[0].account_id
            if account_id is None:
                return one_time_codes.new_invitation(mutation.unit, theirs[0].person_id)
            return one_time_codes.new_for_account(mutation.unit, account_id)

    def person_id(self, email: str, workspace: str | None = None) -> int:
        """Return the id of a person by which sshd's forced command lets them in.

        `workspace` is the slug of one where they are. Raises NoSuchPerson, or AmbiguousPerson where
        the e-mail stands for several sign-ins.
        """
        with self._transactions.reading() as unit:
            theirs = sign_in_of(unit, email, workspace)
            named = [membership for membership in theirs if membership.workspace.slug == workspace]
            return (named or theirs)[0].person_id

    def resources(self) -> list[Resource]:
        """Return the catalogue by name."""
        with self._transactions.reading() as unit:
            return unit.catalogue.all()

    def add_resource(
        self, name: str, title: str | None = None, actions: Sequence[str] = USUAL
    ) -> Resource:
        """Add a resource of the installation's own. Raises Invalid or ResourceTaken."""
        name = checked_resource(name)
        title = checked_name(title or name.capitalize(), "title")
        named = checked_actions(actions)
        check_actions(named)
        with self._transactions.writing(raise_revision=True) as mutation:
            if any(resource.name == name for resource in mutation.unit.catalogue.all()):
                raise ResourceTaken(name)
            added = Resource(name, title, builtin=False, actions=named)
            mutation.unit.catalogue.add(added)
            mutation.audit_everywhere(Action.RESOURCE_ADDED, (name, title), actions=" ".join(named))
            return added

    def set_sample(self, *, on: bool) -> list[Resource]:
        """Take the sample API out of the catalogue, or put it back; return the catalogue.

        A verifier that starts from then on serves it or not. As it is already, it stays. Raises
        ResourceInUse or ResourceRouted, or ResourceTaken where there is one's own of that name.
        """
        if not _to_switch(now := self.resources(), on=on):
            return now
        with self._transactions.writing(raise_revision=True) as mutation:
            catalogue = mutation.unit.catalogue
            there = {one.name: one for one in catalogue.all()}
            changed = _to_switch(there.values(), on=on)
            for one in changed:
                if not on:
                    check_unused(mutation, one.name, frozenset(one.scopes))
                    catalogue.remove(one.name)
                elif one.name in there:
                    raise ResourceTaken(one.name)
                else:
                    catalogue.add(one)
                did = Action.RESOURCE_ADDED if on else Action.RESOURCE_REMOVED
                mutation.audit_everywhere(did, (one.name, one.title), because="the sample API")
            if not changed:
                mutation.leave_unchanged()
            return catalogue.all()

    def change_actions(
        self, name: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Resource:
        """Let a resource have further actions, or take away those no active key and no route has.

        What it has already, or lacks already, changes nothing. Raises Invalid, NoSuchResource,
        ResourceFixed, ResourceInUse or ResourceRouted.
        """
        seen = own_resource(self.resources(), name)
        if with_actions(seen, add, remove) == seen:
            return seen
        with self._transactions.writing(raise_revision=True) as mutation:
            catalogue = mutation.unit.catalogue
            before = own_resource(catalogue.all(), name)
            after = with_actions(before, add, remove)
            if after == before:
                mutation.leave_unchanged()
                return before
            for gone in sorted(set(before.scopes) - set(after.scopes)):
                check_unused(mutation, str(gone), frozenset({gone}))
            catalogue.set_actions(name, after.actions)
            mutation.audit_everywhere(
                Action.RESOURCE_CHANGED,
                (name, before.title),
                added=" ".join(one for one in after.actions if one not in before.actions),
                removed=" ".join(one for one in before.actions if one not in after.actions),
            )
            return after

    def remove_resource(self, name: str) -> None:
        """Remove a resource that no active key uses and no route takes.

        Raises NoSuchResource, ResourceFixed, ResourceInUse or ResourceRouted.
        """
        with self._transactions.writing(raise_revision=True) as mutation:
            gone = own_resource(mutation.unit.catalogue.all(), name)
            check_unused(mutation, name, frozenset(gone.scopes))
            mutation.unit.catalogue.remove(name)
            mutation.audit_everywhere(Action.RESOURCE_REMOVED, (name, gone.title))

    def unconfirmed(self) -> list[tuple[Workspace, tuple[Key, ...]]] | None:
        """Return the active keys of a restored store that waits, None where none does."""
        with self._transactions.reading() as unit:
            if not (unit.settings.waits() or self._transactions.high_water.behind):
                return None
            return [(workspace, _active(unit, workspace)) for workspace in unit.workspaces.all()]

    def confirm_restored(self) -> None:
        """Serve the active keys of a restored store; a second time changes nothing."""
        with self._transactions.reading() as unit:
            if not (unit.settings.waits() or self._transactions.high_water.behind):
                return
        high_water = self._transactions.high_water
        seen, known = high_water.highest(), high_water.known()
        with self._transactions.writing(raise_revision=True) as mutation:
            settings = mutation.unit.settings
            if not (settings.waits() or self._transactions.high_water.behind):
                mutation.leave_unchanged()
                return
            if self._transactions.database.on_sqlite:
                # A backup of what was there before it was set back is then known to be older.
                mutation.revision = settings.raise_revision(seen.revision)
            settings.confirm(max(mutation.now, (seen.confirmed_at or 0) + 1))
            mutation.audit_everywhere(Action.STORE_CONFIRMED)
            standing = settings.stands(high_water, known)
        high_water.served(*standing)


def _workspace(unit: Unit, wanted: str | None) -> Workspace:
    every = unit.workspaces.all()
    if wanted is None and len(every) == 1:
        return every[0]
    for workspace in every:
        if workspace.slug == wanted:
            return workspace
    raise NoSuchWorkspace(wanted, tuple(workspace.slug for workspace in every))


def _active(unit: Unit, workspace: Workspace) -> tuple[Key, ...]:
    query = KeyQuery(terms("state:active"), sort=Sort.NAME)
    found: list[Key] = []
    after: Cursor | None = None
    while True:
        page = unit.pages.page(workspace.id, query, limit=500, after=after)
        found.extend(page.keys)
        if page.next is None:
            return tuple(found)
        after = page.next


def _to_switch(catalogue: Iterable[Resource], *, on: bool) -> list[Resource]:
    """Return the resources of the sample API that are not in a catalogue as they are to be."""
    there = {one.name for one in catalogue if one.builtin}
    return [one for one in OURS if (one.name in there) is not on]

"""What an admin does with the people of the workspace. Run by `Verbs`, one at a time."""

from typing import TYPE_CHECKING

from store.errors import InvalidInput, RefusedByRule
from store.people import Role
from store.service.people import Added, Member

if TYPE_CHECKING:
    from console.app import KeydeckApp


class PeopleVerbs:
    """The flows behind n, c and L on the People tab."""

    def __init__(self, app: "KeydeckApp") -> None:
        self._app = app

    async def add(self) -> None:
        """Add somebody; whoever is new gets a code, shown once."""
        from console.dialogs.add_person import AddPersonDialog, NewPerson
        from console.dialogs.code import CodeDialog

        app = self._app
        ascii_only = app.opening.ascii_only
        initial: NewPerson | None = None
        error: str | None = None
        while True:
            wanted = await app.push_screen_wait(
                AddPersonDialog(initial, error, ascii_only=ascii_only)
            )
            if wanted is None:
                return
            try:
                added = await self._add(wanted.email, wanted.name, wanted.role)
                break
            except (InvalidInput, RefusedByRule) as refusal:
                initial, error = wanted, str(refusal)
        app.look_again()
        email = added.person.email
        if added.code is None:
            app.say(f"{email} is in, and signs in with the password they have.")
        else:
            await app.push_screen_wait(
                CodeDialog(email, added.code, app.copy, ascii_only=ascii_only)
            )

    async def _add(self, email: str, name: str, role: Role) -> Added:
        actor = self._app.actor
        return await self._app.in_store(lambda store: store.people.add(actor, email, name, role))

    async def role(self, member: Member) -> None:
        """Make an admin a member, or the other way round."""
        app, person = self._app, member.person
        wanted = Role.MEMBER if person.role is Role.ADMIN else Role.ADMIN
        means = (
            "They may no longer see, create or revoke keys. What they know of keys they still know."
            if wanted is Role.MEMBER
            else "They may create, scope, rotate and revoke every key of this workspace."
        )
        title = f"Make {person.name} {'an admin' if wanted is Role.ADMIN else 'a member'}"
        if await self._sure(title, means, verb="Change"):
            await app.in_store(lambda store: store.people.set_role(app.actor, person.email, wanted))
            app.look_again()

    async def leave(self, member: Member) -> None:
        """End somebody's membership."""
        app, person = self._app, member.person
        known = "They may know the secret of no active key."
        if member.known:
            noun = "key" if member.known == 1 else "keys"
            known = (
                f"They may know {member.known} active {noun}: those go on working until you "
                "rotate or revoke them. Enter on their row lists them."
            )
        if await self._sure(
            f"Let {person.name} go", "They cannot sign in here any more.", known, verb="Let go"
        ):
            await app.in_store(lambda store: store.people.leave(app.actor, person.email))
            app.look_again()
            app.say(f"{person.email} has left.")

    async def _sure(self, title: str, *sentences: str, verb: str) -> bool:
        from console.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            title, *sentences, verb=verb, ascii_only=self._app.opening.ascii_only
        )
        sure = await self._app.push_screen_wait(dialog)
        return sure is True

"""What an admin does with the people of the workspace. Run by `Verbs`, one at a time."""

import asyncio
from typing import TYPE_CHECKING

from console.propagation import Propagation
from console.text.offboarding_words import still_open
from console.text.sentences import ROLES, becomes, in_role
from console.verbs.asking import ask_until
from console.verbs.in_force import tell
from console.verbs.offboarding import offboard
from store.domain.people import BY_POWER, Role
from store.errors import AlreadyEnrolled
from store.errors.quoting import quoted
from store.service.people import Added, Member

if TYPE_CHECKING:
    from console.host import Host
    from store.domain.key_string import Secret
    from store.domain.people import Person


class PeopleVerbs:
    """The flows behind n, c, e, i and L on the People tab."""

    def __init__(self, app: "Host") -> None:
        self._app = app
        # Once: the session may be another by the time a question is answered.
        self._actor = app.actor

    async def add(self) -> None:
        """Invite somebody: the code to hand over is shown once."""
        from console.dialogs.add_person import AddPersonDialog

        app = self._app
        done = await ask_until(
            app,
            lambda given, error: AddPersonDialog(given, error, ascii_only=app.options.ascii_only),
            lambda wanted: self._add(wanted.email, wanted.name, wanted.role),
        )
        if done is None:
            return
        _, added = done
        app.look_again()
        await self._hand_over(added.person.email, added.code)
        left = await app.in_store(lambda store: store.offboardings.all(self._actor, open_only=True))
        if stays := still_open(left, added.person.email):
            app.say(f"{stays} Enter on their row that says left goes on.")

    async def ssh_keys(self, member: Member) -> None:
        """Show what lets somebody in over SSH."""
        from console.dialogs.ssh_keys import SshKeysDialog

        app = self._app
        seen = await app.in_store(lambda store: store.ssh_keys.seen(self._actor))
        theirs = seen.get(member.person.id, [])
        await app.push_screen_wait(
            SshKeysDialog(member.person, theirs, ascii_only=app.options.ascii_only)
        )

    async def invite(self, member: Member) -> None:
        """Give somebody who has not accepted a new code, shown once."""
        app, person = self._app, member.person
        if person.enrolled:
            raise AlreadyEnrolled(person.email)
        if await self._sure(
            f"A new code for {person.name}",
            f"{person.email} has not accepted yet. A code they hold already ends, and from now on "
            "you vouch for whoever uses the new one.",
            verb="Make a code",
        ):
            code = await app.in_store(
                lambda store: store.people.invite_anew(self._actor, person.email)
            )
            app.look_again()
            await self._hand_over(person.email, code)

    async def _hand_over(self, email: str, code: "Secret") -> None:
        from console.dialogs.enrolment_code import CodeDialog

        app = self._app
        await app.push_screen_wait(
            CodeDialog(email, code, app.copy, ascii_only=app.options.ascii_only)
        )
        await asyncio.to_thread(app.leave_nothing, code, "code")

    async def _add(self, email: str, name: str, role: Role) -> Added:
        return await self._app.in_store(
            lambda store: store.people.add(self._actor, email, name, role)
        )

    async def role(self, member: Member) -> None:
        """Give somebody another role."""
        app, person = self._app, member.person
        await self._check_not_last(person)
        wanted = await self._other_role(person)
        if wanted is None:
            return
        they = "You" if person.id == self._actor.person_id else "They"
        title = f"Make {person.name} {in_role(wanted)}"
        if await self._sure(title, becomes(wanted, person.role, they), verb="Change"):
            await app.in_store(
                lambda store: store.people.set_role(self._actor, person.email, wanted)
            )
            app.look_again()
            app.say(f"{person.email} is {wanted.value} now.")

    async def _other_role(self, person: "Person") -> Role | None:
        from console.dialogs.choose import ChooseDialog

        others = [role for role in reversed(BY_POWER) if role is not person.role]
        names = [(role.value, ROLES[role]) for role in others]
        dialog = ChooseDialog(
            f"{person.name} is {in_role(person.role)}. Make them",
            names,
            ascii_only=self._app.options.ascii_only,
        )
        chosen = await self._app.push_screen_wait(dialog)
        return None if chosen is None else others[chosen]

    async def _leave_oneself(self, place: str) -> None:
        app, actor = self._app, self._actor
        app.leaving = True
        try:
            done = await app.in_store(lambda store: store.people.leave(actor, actor.email))
            left, commits = done.unpack()
            if commits:
                await Propagation(app, commits).soon()
            others = " Another admin decides about your keys." if left.offboarding else ""
            app.sign_out(f"You have left {place}.{others}")
        finally:
            app.leaving = False

    async def leave(self, member: Member) -> None:
        """End somebody's membership; one's own ends the session too."""
        from console.text.ending_words import assistants

        app, person = self._app, member.person
        oneself = person.id == self._actor.person_id
        await self._check_not_last(person)
        standing = await app.in_store(lambda store: store.sign_in.standing(self._actor))
        leaving = await app.in_store(lambda store: store.people.leaving(self._actor, person.email))
        place = standing.workspace.name
        if oneself:
            title, means = f"Leave {place}", "You are signed out, and cannot come back by yourself."
        else:
            title, means = (
                f"Let {person.name} go",
                (
                    "From this moment neither password nor SSH key lets them in here, and consoles "
                    "they have open can do nothing more."
                ),
            )
        if await self._sure(
            title,
            means,
            assistants(leaving.connections, leaving.called, app.store.clock.now()),
            _still_known(member),
            verb="Leave" if oneself else "Let go",
        ):
            if oneself:
                await self._leave_oneself(place)
                return
            done = await app.in_store(lambda store: store.people.leave(self._actor, person.email))
            left, commits = done.unpack()
            app.look_again()
            ended = ", ".join(quoted(connection.name) for connection in left.connections)
            if ended:
                sentence = f"{person.email} has left. Revoked, as they had connected it: {ended}."
                await tell(app, sentence, commits)
            elif left.offboarding is None:
                app.say(f"{person.email} has left.")
            if left.offboarding is None:
                return
            await offboard(app, left.offboarding.id)

    async def _check_not_last(self, person: "Person") -> None:
        """Refuse before asking what would be refused afterwards."""
        await self._app.in_store(
            lambda store: store.people.check_not_last(self._actor, person.email)
        )

    async def _sure(self, title: str, *sentences: str, verb: str) -> bool:
        from console.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            title, *sentences, verb=verb, ascii_only=self._app.options.ascii_only
        )
        sure = await self._app.push_screen_wait(dialog)
        return sure is True


def _still_known(member: Member) -> str:
    known, more = (member.part.known, member.part.more) if member.part else (0, False)
    if not known and not more:
        return f"No active key's secret is known to be {member.person.name}'s."
    noun, those = ("key", "it goes") if known == 1 and not more else ("keys", "those go")
    number = f"{known:,} and more" if more else f"{known:,}"
    return (
        f"{number} active {noun} may be known to {member.person.name}: {those} on working until "
        "rotated or revoked. That is decided next, one by one."
    )

"""The People tab: who is in the workspace, and which keys they may know."""

from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from console.tabs.polling_tab import PollingTab
from console.text.times import ago, distance
from console.widgets.row_list import Column, Row, RowList
from store.errors import AdminsOnly
from store.offboarding import Leaver
from store.people import Person, Role
from store.service.people import Part
from store.times import MINUTE

_COLUMNS = (
    Column("Name", most=24),
    Column("E-mail", share=2, most=40),
    Column("Role", 6, 60),
    Column("Made", 4, 70),
    Column("Knows", 5),
    Column("Last sign-in", 14),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A person, and their part in the active keys; None where that is not for whoever looks."""

    person: Person
    part: Part | None


class PeopleTab(PollingTab):
    """One row a person. What is done with them is a flow of the App."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "ask('add')", "Add", show=False),
        Binding("c", "ask('role')", "Role", show=False),
        Binding("e", "ask('invite')", "Invite anew", show=False),
        Binding("L", "ask('leave')", "Leave", show=False),
    ]

    class Asked(Message):
        """Something is to be done with a person; `member` is None for a new one.

        `leaver` is somebody whose keys are to be decided about.
        """

        def __init__(
            self, verb: str, member: Member | None = None, leaver: Leaver | None = None
        ) -> None:
            super().__init__()
            self.verb = verb
            self.member = member
            self.leaver = leaver

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._members: dict[str, Member] = {}
        self._leavers: dict[str, Leaver] = {}
        self._parts: dict[int, Part] = {}
        self._counted: tuple[int, int] | None = None
        self._read_at: tuple[object, int] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield Static("", classes="why-not", markup=False)
        yield RowList(_COLUMNS, ascii_only=self._ascii)

    def read(self) -> Callable[[], None] | None:
        """Read everybody when something was committed, and every minute, which the rows tell of.

        Keys are counted anew only when one may have changed or expired.
        """
        now = self._store.clock.now()
        # Before reading: what is committed meanwhile is seen the next time.
        read_at = (self._store.changes(), now // MINUTE)
        if read_at == self._read_at:
            return None
        people = self._store.people.all(self._actor)
        counted = (self._store.revision(), now // MINUTE)
        refusal: AdminsOnly | None = None
        leavers: list[Leaver] = []
        try:
            # What is decided stays at hand: below those who wait.
            leavers = self._store.offboardings.all(self._actor)
            leavers.sort(key=lambda one: one.finished_at is not None)
            if counted != self._counted:
                self._parts, self._counted = self._store.people.parts(self._actor), counted
        except AdminsOnly as error:
            refusal = error
        parts = None if refusal else self._parts
        members = [
            Member(one, None if parts is None else parts.get(one.id, Part())) for one in people
        ]
        self._read_at = read_at
        return lambda: self._draw(members, leavers, now, refusal)

    def _draw(
        self,
        members: list[Member],
        leavers: list[Leaver],
        now: int,
        refusal: AdminsOnly | None,
    ) -> None:
        self._members = {str(one.person.id): one for one in members}
        self._leavers = {f"left-{one.id}": one for one in leavers}
        self.refuse(refusal)
        self.query_one(RowList).show(
            (*(_row(one, now) for one in members), *(_left(one) for one in leavers))
        )

    @property
    def current(self) -> Member | None:
        """Whose row is the current one."""
        return self._members.get(self.query_one(RowList).current or "")

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        self.action_ask("keys")

    def action_ask(self, verb: str) -> None:
        """Ask for something to be done with the current person, or a new one."""
        leaver = self._leavers.get(self.query_one(RowList).current or "")
        if leaver is not None and verb != "add":
            if verb in ("leave", "keys"):
                self.post_message(self.Asked("offboard", leaver=leaver))
            else:
                shows = "goes on with" if leaver.finished_at is None else "shows what became of"
                self.host.say(f"{leaver.name} has left. enter {shows} the keys they may know.")
            return
        member = None if verb == "add" else self.current
        if self._refusal:
            self.host.say(str(AdminsOnly("change who is here, and what they may do")))
        elif verb == "add" or member is not None:
            self.post_message(self.Asked(verb, member))


def _row(member: Member, now: int) -> Row:
    person, part = member.person, member.part
    return Row(
        str(person.id),
        (
            person.name,
            person.email,
            person.role.value,
            str(part.made) if part and part.made else "-",
            str(part.known) if part and part.known else "-",
            _signed_in(person, now)
            if person.last_sign_in_at or person.enrolled
            else _invited(person, now),
        ),
        tone="accent" if person.role is Role.ADMIN else "text",
    )


def _left(leaver: Leaver) -> Row:
    waiting = f"{leaver.waiting} to decide" if leaver.waiting else "to close"
    if leaver.finished_at is not None:
        waiting = "all decided"
    return Row(
        f"left-{leaver.id}",
        (leaver.name, leaver.email, "left", "-", str(leaver.total), waiting),
        tone="revoked" if leaver.finished_at is None else "quiet",
    )


def _signed_in(person: Person, now: int) -> str:
    # Seconds would change the row under whoever reads it.
    at = person.last_sign_in_at
    return "now" if at is not None and now - at < MINUTE else ago(at, now)


def _invited(person: Person, now: int) -> str:
    left = (person.code_until or 0) - now
    return f"code for {distance(left)}" if left > 0 else "code has ended"

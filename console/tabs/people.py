"""The People tab: who is in the workspace, and which keys they may know."""

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from console.tabs.following import FollowingTab
from console.text.times import ago
from console.widgets.row_list import Part, Row, RowList
from store.people import Role
from store.service.people import Member

_PARTS = (
    Part("Name"),
    Part("E-mail", None, 60, share=2),
    Part("Role", 7),
    Part("Made", 5, 70),
    Part("Knows", 6),
    Part("Last sign-in", 13),
)


class PeopleTab(FollowingTab):
    """One row a person. What is done with them is a flow of the App."""

    BINDINGS = [  # noqa: RUF012
        Binding("n", "ask('add')", "Add", show=False),
        Binding("c", "ask('role')", "Role", show=False),
        Binding("L", "ask('leave')", "Leave", show=False),
    ]

    class Asked(Message):
        """Something is to be done with a person; `member` is None for a new one."""

        def __init__(self, verb: str, member: Member | None) -> None:
            super().__init__()
            self.verb = verb
            self.member = member

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._members: dict[str, Member] = {}

    def compose(self) -> ComposeResult:
        """Lay out the tab."""
        yield Static("", classes="why-not", markup=False)
        yield RowList(_PARTS, ascii_only=self._ascii)

    def read(self) -> Callable[[], None]:
        """Read everybody."""
        found = self._store.people.members(self._actor)
        now = self._store.clock.now()
        return lambda: self._draw(found, now)

    def _draw(self, found: list[Member], now: int) -> None:
        self._members = {str(one.person.id): one for one in found}
        self.query_one(RowList).show([_row(one, now) for one in found])

    @property
    def current(self) -> Member | None:
        """Whose row is the current one."""
        return self._members.get(self.query_one(RowList).current or "")

    @on(RowList.Opened)
    def _open(self, event: RowList.Opened) -> None:
        event.stop()
        self.post_message(self.Asked("keys", self._members[event.row_id]))

    def action_ask(self, verb: str) -> None:
        """Ask for something to be done with the current person, or a new one."""
        member = None if verb == "add" else self.current
        if verb == "add" or member is not None:
            self.post_message(self.Asked(verb, member))


def _row(member: Member, now: int) -> Row:
    person = member.person
    # Whoever comes by SSH key may never have chosen a password.
    known = person.enrolled or person.last_sign_in_at is not None
    signed_in = ago(person.last_sign_in_at, now) if known else "not enrolled"
    return Row(
        str(person.id),
        (
            person.name,
            person.email,
            person.role.value,
            str(member.made or "-"),
            str(member.known or "-"),
            signed_in,
        ),
        tone="accent" if person.role is Role.ADMIN else "text",
    )

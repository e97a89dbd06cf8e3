"""The People tab: who is in the workspace, and which keys they may know."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Static

from console.tabs.polling_tab import PollingTab
from console.text.times import ago, distance
from console.widgets.row_list import ListColumn, Row, RowList
from store.domain.offboarding import Leaver
from store.domain.people import Person, Role
from store.domain.times import MINUTE
from store.errors import AdminsOnly
from store.service.people import KeyCounts, Member

_COLUMNS = (
    ListColumn("Name", most=24),
    ListColumn("E-mail", share=2, most=40),
    ListColumn("Role", 6, 60),
    ListColumn("Made", 4, 70),
    ListColumn("Knows", 5),
    ListColumn("Last sign-in", 14),
    ListColumn("Vouched by", least=110, most=30),
)


class PeopleTab(PollingTab):
    """One row a person. What is done with them is a flow of the App."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self._members: dict[str, Member] = {}
        self._leavers: dict[str, Leaver] = {}
        self._parts: dict[int, KeyCounts] = {}
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
            leavers.sort(key=lambda leaver: leaver.finished_at is not None)
            if counted != self._counted:
                self._parts, self._counted = self._store.people.parts(self._actor), counted
        except AdminsOnly as error:
            refusal = error
        parts = None if refusal else self._parts
        members = [
            Member(person, None if parts is None else parts.get(person.id, KeyCounts()))
            for person in people
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
        self._members = {str(member.person.id): member for member in members}
        self._leavers = {f"left-{leaver.id}": leaver for leaver in leavers}
        self.refuse(refusal)
        self.query_one(RowList).show(
            (*(_row(member, now) for member in members), *(_left(leaver) for leaver in leavers))
        )

    @property
    def member(self) -> Member | None:
        """Whose row is the current one; None where that is somebody who left."""
        return self._members.get(self.query_one(RowList).current or "")

    @property
    def leaver(self) -> Leaver | None:
        """Somebody who left, where the current row is theirs."""
        return self._leavers.get(self.query_one(RowList).current or "")

    def why_not(self, refusal: str) -> str:
        """Return what to say: the store lists people to everybody, and only counts for admins."""
        return str(AdminsOnly("change who is here, and what they may do"))


def _row(member: Member, now: int) -> Row:
    person, part = member.person, member.part
    return Row(
        str(person.id),
        (
            person.name,
            person.email,
            person.role.value,
            _number(part.made, more=part.more) if part else "-",
            _number(part.known, more=part.more) if part else "-",
            _signed_in(person, now) if person.enrolled else _invited(person, now),
            person.vouched_by or "the operator",
        ),
        tone=_tone(person),
    )


def _number(found: int, *, more: bool) -> str:
    return f"{found}+" if more else str(found or "-")


def _tone(person: Person) -> str:
    if not person.enrolled:
        return "quiet"
    return "accent" if person.role is Role.ADMIN else "text"


def _left(leaver: Leaver) -> Row:
    waiting = f"{leaver.waiting} to decide" if leaver.waiting else "to close"
    if leaver.finished_at is not None:
        waiting = "all decided"
    return Row(
        f"left-{leaver.id}",
        (leaver.name, leaver.email, "left", "-", str(leaver.total), waiting, ""),
        tone="revoked" if leaver.finished_at is None else "quiet",
    )


def _signed_in(person: Person, now: int) -> str:
    # Seconds would change the row under whoever reads it.
    at = person.last_sign_in_at
    return "now" if at is not None and now - at < MINUTE else ago(at, now)


def _invited(person: Person, now: int) -> str:
    left = (person.code_until or 0) - now
    return f"code for {distance(left)}" if left > 0 else "code has ended"

"""The catalogue of verbs: what each says of itself is true, as its flow's effect on a store shows.

Every flow runs to its end in a console, its dialogs answered with yes. A verb that is new to the
catalogue is tried, too: it fails where its dialog has no answer here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.screen import Screen

from console.app import KeydeckApp
from console.client_documents import fetch
from console.clipboard.outcome import Level, Outcome
from console.dialogs.add_person import AddPersonDialog, NewPerson
from console.dialogs.api_reference import ReferenceDialog
from console.dialogs.approve_connection import Approval, ApproveDialog
from console.dialogs.asked_request import RequestDialog
from console.dialogs.batch_revoke import BatchRevokeDialog
from console.dialogs.batch_scope import BatchScopeDialog
from console.dialogs.belonging import BelongingDialog, WantedBelonging
from console.dialogs.calendar import CalendarDialog, Chosen
from console.dialogs.choose import ChooseDialog
from console.dialogs.clients import ClientsDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.connect import ConnectDialog
from console.dialogs.connection_details import ConnectionDialog
from console.dialogs.create import CreateDialog
from console.dialogs.details import DetailsDialog
from console.dialogs.enrolment_code import CodeDialog
from console.dialogs.extend import ExtendDialog, ExtendRequest
from console.dialogs.find_key import FindKeyDialog
from console.dialogs.holders import HoldersDialog
from console.dialogs.invitation_code import InvitationCodeDialog
from console.dialogs.limits import LimitsDialog
from console.dialogs.narrow import NarrowDialog
from console.dialogs.networks import NetworksDialog, WantedNetworks
from console.dialogs.offboarding import Choice, OffboardingDialog
from console.dialogs.offboarding_record import RecordDialog
from console.dialogs.own_password import OwnPasswordDialog, Passwords
from console.dialogs.progress import ProgressDialog
from console.dialogs.reason import ReasonDialog
from console.dialogs.rename import RenameDialog
from console.dialogs.reveal import RevealDialog
from console.dialogs.revoke import RevokeDialog
from console.dialogs.revoke_base import RevokeRequest
from console.dialogs.revoke_connection import RevokeConnectionDialog
from console.dialogs.rotate import RotateDialog, RotateRequest
from console.dialogs.rotation import RotationDialog, RotationVerb
from console.dialogs.route import RouteDialog, WantedRoute
from console.dialogs.scope import ScopeChange, ScopeDialog
from console.dialogs.short_code import ShortCodeDialog
from console.dialogs.ssh_keys import SshKeysDialog
from console.dialogs.type_name import TypeNameDialog
from console.dialogs.why import WhyDialog
from console.screens.workspace import WorkspaceScreen
from console.verb import Move, Verb
from console.verbs.catalogue import ENTRIES, ON_TAB
from console.verbs.catalogue.connections import APPROVE
from console.verbs.catalogue.everywhere import (
    ACCEPT_INVITATION,
    EVERYWHERE,
    REVOKE_ANY,
    SWITCH,
    WORKSPACES,
)
from console.verbs.catalogue.keys import MARK_ALL, RESUME, ROTATION, TRIM
from console.verbs.catalogue.people import INVITE, OFFBOARDED
from console.verbs.kinds import (
    ConnectionVerb,
    KeyVerb,
    LeaverVerb,
    ListVerb,
    PasteVerb,
    PersonVerb,
    RouteVerb,
    VerifierVerb,
    WorkspaceVerb,
)
from console.widgets.row_list import RowList
from store.domain.connections import short_code
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.offboarding import Decision, Leaver
from store.domain.people import Role
from store.domain.stops import StopKind, Target
from store.domain.times import DAY
from store.service.keys import NewKey
from store.service.people import Member
from tests.console.driving import console, opened, sees, until
from tests.documents import ADDRESS, maker
from tests.house import PASSWORD, House, granted_scopes, use
from tests.invariants import prepared as made

pytestmark = pytest.mark.anyio

VERBS: list[Verb[Any]] = [one for one in ENTRIES if isinstance(one, Verb)]
MORE = granted_scopes("events:read events:write")


class Town:
    """A house with something for every verb to be done to, and an answer to every dialog."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.code = ""
        self.invited: Secret | None = None
        self.named = ""
        house.store.operator.add_workspace("Acme Labs", "alice@acme.example", Secret(PASSWORD))
        self.keys = {verb.id: self._key(verb) for verb in VERBS if isinstance(verb, KeyVerb)}
        self.member, self.left = self._member("mia"), self._left("tom")
        self.connections = {
            verb.id: house.connect() for verb in VERBS if isinstance(verb, ConnectionVerb)
        }
        self.marked = [house.create(f"Marked {number}").key for number in range(2)]

    def _key(self, verb: KeyVerb) -> Key:
        store, alice = self.house.store, self.house.alice
        granted = MORE if verb is TRIM else granted_scopes("events:read")
        key = store.keys.create(alice, NewKey(f"For {verb.id}", granted, None)).key
        if verb is ROTATION:
            store.rotations.rotate(alice, key.id, overlap_ms=DAY)
        if verb is RESUME:
            store.stops.stop(alice, [Target(StopKind.KEY, key.id)])
        if verb is TRIM:
            store.keys.confirm(alice, key.id)
            self.house.clock.advance(84 * DAY)
            use(self.house, key, "events:read", times=3)
        return store.keys.show(alice, key.id)

    def _member(self, name: str) -> Member:
        email = f"{name}@acme.example"
        self.house.store.people.add(self.house.alice, email, name, Role.ADMIN)
        people = self.house.store.people.all(self.house.alice)
        return Member(next(one for one in people if one.email == email), None)

    def _left(self, name: str) -> Leaver:
        house = self.house
        actor = house.add_member(f"{name}@acme.example", Role.ADMIN)
        house.create(f"Of {name}", actor=actor)
        house.store.people.leave(house.alice, f"{name}@acme.example")
        return house.store.offboardings.all(house.alice)[0]

    def target(self, verb: Verb[Any], app: KeydeckApp) -> Any:
        """Return something that a verb can be done to."""
        house = self.house
        match verb:
            case KeyVerb():
                return house.store.keys.show(house.alice, self.keys[verb.id].id)
            case ListVerb():
                return self._tab(app)
            case PersonVerb():
                return self._member("inge") if verb is INVITE else self.member
            case LeaverVerb():
                return self._decided() if verb is OFFBOARDED else self.left
            case ConnectionVerb():
                return self.connections[verb.id]
            case RouteVerb():
                return house.store.routes.add(f"GET /{verb.id}", ["any"], replace=True).unwaited()
            case VerifierVerb():
                host = made.gone_verifier(house)
                return next(
                    one for one in house.store.verifiers.all(house.alice) if one.host == host
                )
            case WorkspaceVerb():
                return "acme-labs"
            case PasteVerb():
                return Secret(f"jw_{self.marked[0].id}")
        if verb is ACCEPT_INVITATION:
            added = house.store.people.add(house.bob, "alice@acme.example", "alice", Role.MEMBER)
            self.invited = added.code
        if verb is APPROVE:
            self.code = short_code(house.ask("Cody").browser.reveal())
        if verb is REVOKE_ANY:
            self.named = house.create("By name").key.name
        return None

    def _tab(self, app: KeydeckApp) -> Any:
        screen = app.screen
        assert isinstance(screen, WorkspaceScreen)
        tab = screen.tab
        assert tab is not None
        tab.table.marked = {key.id: key.name for key in self.marked}
        return tab

    def _decided(self) -> Leaver:
        store, alice, theirs = self.house.store, self.house.alice, self.left
        for one in store.offboardings.show(alice, theirs.id).keys:
            store.offboardings.keep(alice, theirs.id, one.key.id, "It stays")
        return store.offboardings.all(alice)[0]

    def answer(self, dialog: Screen[Any]) -> Any:
        """Return the answer that lets a flow do what it can."""
        now = self.house.clock.now()
        answers: dict[type[Screen[Any]], Callable[[], Any]] = {
            AddPersonDialog: lambda: NewPerson("new@acme.example", "New", Role.MEMBER),
            ApproveDialog: lambda: Approval(granted_scopes("events:read"), "30d"),
            BatchRevokeDialog: lambda: RevokeRequest(None),
            BatchScopeDialog: lambda: ScopeChange(MORE),
            BelongingDialog: lambda: WantedBelonging("mia", {"tier": "gold"}),
            CalendarDialog: lambda: _of_a_date(dialog),
            ChooseDialog: lambda: 1,
            ClientsDialog: lambda: ADDRESS,
            SshKeysDialog: lambda: None,
            CodeDialog: lambda: None,
            ConfirmDialog: lambda: True,
            ConnectDialog: lambda: None,
            ConnectionDialog: lambda: None,
            CreateDialog: lambda: NewKey("Made", MORE, now + DAY),
            DetailsDialog: lambda: _changing(dialog),
            ExtendDialog: lambda: ExtendRequest(now + 9 * DAY),
            FindKeyDialog: lambda: Secret(self.named),
            HoldersDialog: lambda: (self.member.person.email,),
            InvitationCodeDialog: lambda: self.invited,
            NarrowDialog: lambda: granted_scopes("events:read"),
            LimitsDialog: lambda: "100/1m",
            NetworksDialog: lambda: WantedNetworks("203.0.113.0/24", enforced=True),
            OffboardingDialog: lambda: _kept(dialog),
            OwnPasswordDialog: lambda: Passwords(Secret(PASSWORD), Secret("another one")),
            RenameDialog: lambda: "Called otherwise",
            ReasonDialog: lambda: "It stays",
            RecordDialog: lambda: None,
            ReferenceDialog: lambda: None,
            RequestDialog: lambda: None,
            RevealDialog: lambda: True,
            RevokeConnectionDialog: lambda: RevokeRequest(None),
            RevokeDialog: lambda: RevokeRequest(None),
            RotateDialog: lambda: RotateRequest(DAY),
            RotationDialog: lambda: _abandoned(dialog),
            RouteDialog: lambda: _routed(dialog),
            ScopeDialog: lambda: ScopeChange(MORE),
            ShortCodeDialog: lambda: self.code,
            TypeNameDialog: lambda: True,
            WhyDialog: lambda: None,
        }
        # Refused, a dialog comes back, and the same answer would be refused again.
        assert getattr(dialog, "_error", None) is None, dialog._error  # type: ignore[attr-defined]
        return answers[type(dialog)]()

    def state(self) -> tuple[int, ...]:
        """Return what changes with anything that is done here: a mutation writes an audit row."""
        store, actors = self.house.store, (self.house.alice, self.house.bob)
        return store.revision(), *(store.audit_trail.latest(actor) for actor in actors)


def _changing(dialog: Screen[Any]) -> Verb[Any] | None:
    assert isinstance(dialog, DetailsDialog | CalendarDialog)
    return next((one for one in dialog.offered if one.changes), None)


def _of_a_date(dialog: Screen[Any]) -> Chosen:
    assert isinstance(dialog, CalendarDialog)
    return Chosen(dialog._page.dates[0].key.id, _changing(dialog))


def _kept(dialog: Screen[Any]) -> Choice:
    assert isinstance(dialog, OffboardingDialog)
    return Choice(Decision.KEEP, dialog._theirs.keys[0].key.id)


def _routed(dialog: Screen[Any]) -> WantedRoute:
    assert isinstance(dialog, RouteDialog)
    return WantedRoute(dialog._initial.route or "GET /added", "events:read")


def _abandoned(dialog: Screen[Any]) -> RotationVerb | None:
    return RotationVerb.ABANDON if dialog.check_action("verb", ()) else None


@pytest.fixture
def town(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A house in which every verb has something to be done to."""
    with maker(tmp_path) as running:
        monkeypatch.setattr(fetch, "PUBLIC", running.fetcher())
        yield Town(house)


def answering(town: Town, monkeypatch: pytest.MonkeyPatch, *, read_only: bool) -> KeydeckApp:
    """Return the console, in which every dialog is answered by the town at once."""
    app = console(town.house, workspace="acme-events", read_only=read_only)
    show = app.push_screen_wait

    async def answer(dialog: Screen[Any]) -> Any:
        # What counts up is no question.
        return await show(dialog) if isinstance(dialog, ProgressDialog) else town.answer(dialog)

    monkeypatch.setattr(app, "push_screen_wait", answer)
    monkeypatch.setattr(app, "copy", lambda value: Outcome(Level.SENT, "Sent.", "nowhere"))
    return app


async def test_a_verb_that_says_it_changes_something_does(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = answering(town, monkeypatch, read_only=False)
    async with opened(app, shows="For scope") as pilot:
        # That one goes elsewhere.
        for verb in sorted(VERBS, key=lambda verb: verb is ACCEPT_INVITATION):
            if not verb.changes:
                continue
            target = town.target(verb, app)
            before = town.state()
            if verb is MARK_ALL:
                target.table.unmark_all()
            await app.run_worker(verb.flow(app, target)).wait()
            # For nothing but a change keys are marked.
            assert target.table.marked if verb is MARK_ALL else town.state() != before, verb.id
            await pilot.pause()
        await sees(pilot, "Bolt Catering")


async def test_a_verb_that_says_it_changes_nothing_leaves_a_store_as_it_was_where_one_only_reads(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = answering(town, monkeypatch, read_only=True)
    async with opened(app, shows="For scope") as pilot:
        for verb in sorted(VERBS, key=lambda verb: verb in (WORKSPACES, SWITCH)):
            target = town.target(verb, app)
            before = town.state()
            if verb.changes:
                app.verbs.start(verb, target)
                await sees(pilot, "Read only: this console changes nothing.")
                app.clear_notifications()
            else:
                following = await app.run_worker(verb.flow(app, target)).wait()
                if following is not None:
                    following(app.verbs)
                    await until(pilot, lambda: not app.verbs._busy, "the end of it")
            assert town.state() == before, verb.id
            if verb in (WORKSPACES, SWITCH):
                await sees(pilot, "No keys yet.")


async def test_every_entry_can_be_reached_and_every_key_stands_for_one(house: House) -> None:
    assert len({one.id for one in ENTRIES}) == len(ENTRIES)
    for tab, entries in ON_TAB.items():
        keys = [one.key for one in entries if one.key]
        assert len(set(keys)) == len(keys), tab
        assert all(one.key for one in entries), tab
        # What moves in a list never comes to a verb.
        moves = {
            key
            for binding in RowList.BINDINGS
            if isinstance(binding, Binding)
            for key in binding.key.split(",")
        }
        assert moves & {*keys} <= {"enter"}, tab
    everywhere = [one.key for one in EVERYWHERE if one.key]
    assert len(set(everywhere)) == len(everywhere)
    app = console(house)
    async with opened(app, shows="No keys yet"):
        for one in ENTRIES:
            if isinstance(one, Move):
                name = one.runs.partition("(")[0]
                owner, _, action = name.rpartition(".")
                node = app if owner == "app" else app.screen
                assert callable(getattr(node, f"action_{action}", None)), one.id

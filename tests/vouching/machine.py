"""A search for somebody who acts where nobody vouched for them, and for what one workspace learns.

Two workspaces know one e-mail. Their admins, Acme's and Bolt's, invite it, keep the codes that they
hand over, and use them; so does a person whose e-mail it is. Each of the three is a party with a
password of its own and whatever codes it was ever shown. Beside the store stands its twin, in which
Acme has never heard of that e-mail: what Bolt sees must be the same in both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)

from store.domain.key_string import Secret
from store.domain.people import Actor, Role
from store.errors import (
    AlreadyEnrolled,
    EnrolmentInvalid,
    InvitationPending,
    NoSuchWorkspace,
    NotAllowed,
    NothingToApprove,
    SignInFailed,
)
from store.service.one_time_codes import LIFETIME
from tests.house import House
from tests.vouching.looking import expect, refused, suppressed, views

EMAIL = "cto@bolt.example"
ACME, BOLT = "acme-events", "bolt-catering"
PARTIES = ("acme", "bolt", "cto")
OWN = {ACME: "acme", BOLT: "bolt"}
MINUTE_AND_MORE = 61_000
"""Longer than any pause after a failure."""
STEPS = 30


@dataclass
class Place:
    """What one workspace did about the e-mail."""

    slug: str
    invited: bool = False
    given: frozenset[str] = frozenset()
    """Whom its admin handed the newest code to."""
    code: Secret | None = None
    ends: int = 0
    accepted_by: str | None = None


@dataclass
class Side:
    """One store, and the codes of Bolt's that are in it."""

    house: House
    codes: dict[int, Secret] = field(default_factory=dict)


class Vouching(RuleBasedStateMachine):
    """Whatever order they do it in."""

    open: "Callable[[], tuple[House, House]]"

    def step_was_taken(self) -> None:
        """Count a step."""

    def __init__(self) -> None:
        super().__init__()
        with_acme, without = self.open()
        self.here, self.twin = Side(with_acme), Side(without)
        self.places = {slug: Place(slug) for slug in (ACME, BOLT)}
        self.known: list[tuple[str, str, int]] = []
        """Which party was shown which workspace's code, by its number."""
        self.actors: list[tuple[str, Actor]] = []
        self.guests: list[tuple[str, int]] = []
        """Whom the operator let in with an SSH key, and as which person."""
        self.serial = 0

    def teardown(self) -> None:
        for side in (self.here, self.twin):
            side.house.store.close()

    # What admins do.

    @rule(
        slug=st.sampled_from((ACME, BOLT)),
        to=st.sampled_from(PARTIES),
        role=st.sampled_from(Role),
    )
    def invite(self, slug: str, to: str, role: Role) -> None:
        """An admin gives a code to a party, and keeps a copy."""
        place = self.places[slug]
        self.serial += 1

        def use(house: House) -> Secret:
            admin = house.alice if slug == ACME else house.bob
            if place.invited:
                return house.store.people.invite_anew(admin, EMAIL)
            return house.store.people.add(admin, EMAIL, f"Known to {slug}", role).code

        try:
            code = use(self.here.house)
            if slug == BOLT:
                self.twin.codes[self.serial] = use(self.twin.house)
        except AlreadyEnrolled:
            expect(place.accepted_by is not None, "an invitation was refused")
            return
        expect(place.accepted_by is None, "a code was given for who has accepted")
        self.here.codes[self.serial] = code
        place.invited, place.code = True, code
        place.given = frozenset({to, OWN[slug]})
        place.ends = self.here.house.clock.now() + LIFETIME
        self.known += [(party, slug, self.serial) for party in sorted(place.given)]

    @rule(slug=st.sampled_from((ACME, BOLT)))
    def let_go(self, slug: str) -> None:
        """An admin ends the membership, or takes the invitation back."""
        if self.places[slug].invited:
            self.as_admin(slug, lambda house, admin: house.store.people.leave(admin, EMAIL))
            self.places[slug] = Place(slug)

    @rule(slug=st.sampled_from((ACME, BOLT)), role=st.sampled_from(Role))
    def change_role(self, slug: str, role: Role) -> None:
        """An admin changes the role, of who is invited too."""
        if self.places[slug].invited:
            self.as_admin(
                slug, lambda house, admin: house.store.people.set_role(admin, EMAIL, role)
            )

    @rule(late=st.sampled_from((0, 0, 0, LIFETIME)))
    def wait(self, late: int) -> None:
        """Time passes, sometimes a code's whole life."""
        for side in (self.here, self.twin):
            side.house.clock.advance(MINUTE_AND_MORE + late)

    # What whoever holds a code does with it.

    @rule(which=st.integers(0, 40), named=st.booleans())
    def enrol(self, which: int, named: bool) -> None:
        """A party chooses its password with a code that it was shown."""
        if not self.known:
            return
        party, slug, serial = self.known[which % len(self.known)]
        self.used(
            party,
            slug,
            serial,
            lambda side, code: side.house.store.sign_in.enrol(
                EMAIL, code, password(party), slug if named else None
            ),
        )

    @rule(which=st.integers(0, 40), who=st.integers(0, 40))
    def accept(self, which: int, who: int) -> None:
        """A party that is in somewhere accepts with a code that it was shown."""
        if not self.known or not self.actors:
            return
        party, slug, serial = self.known[which % len(self.known)]
        theirs = [actor for name, actor in self.actors if name == party and actor.email == EMAIL]
        if not theirs:
            return
        actor = theirs[who % len(theirs)]
        if not self.stands(party, actor):
            with refused(NotAllowed):
                self.here.house.store.invitations.accept(actor, self.here.codes[serial])
            return

        def use(side: Side, code: Secret) -> Actor:
            if side is self.twin:
                # There they are in nowhere: they enrol.
                return side.house.store.sign_in.enrol(EMAIL, code, password(party))
            found = side.house.store.invitations.look(actor, code)
            expect(found.workspace.slug == slug, "another invitation was shown")
            return side.house.store.invitations.accept(actor, code)

        self.used(party, slug, serial, use)

    # How they come in.

    @rule(party=st.sampled_from(PARTIES), slug=st.sampled_from((None, ACME, BOLT)))
    def sign_in(self, party: str, slug: str | None) -> None:
        """A party signs in at the console, or by a command: both come here."""
        due = slug is not None and self.places[slug].accepted_by == party
        twin = self.twin.house.store.sign_in
        try:
            actor = self.here.house.store.sign_in.sign_in(EMAIL, password(party), slug)
        except SignInFailed:
            expect(not due, f"{party} was kept out of {slug}")
            # Bolt hears of what was meant for it, or for no workspace by name.
            if slug != ACME:
                with refused(SignInFailed):
                    twin.sign_in(EMAIL, password(party), slug)
        except NoSuchWorkspace:
            expect(not due, f"{party} was kept out of {slug}")
        else:
            self.came_in(party, actor)
            if actor.workspace_id == self.here.house.bob.workspace_id:
                twin.sign_in(EMAIL, password(party), BOLT)
        self.wait(0)

    @rule(who=st.integers(0, 40), slug=st.sampled_from((ACME, BOLT)))
    def switch(self, who: int, slug: str) -> None:
        """Whoever was let in once goes to the other workspace."""
        if not self.actors:
            return
        party, actor = self.actors[who % len(self.actors)]
        with suppressed(NotAllowed, NoSuchWorkspace):
            there = self.here.house.store.sign_in.switch(actor, slug)
            self.came_in(party, there)
            if slug == BOLT:
                self.twin.house.store.sign_in.sign_in(EMAIL, password(party), BOLT)

    @rule(party=st.sampled_from(PARTIES))
    def approve(self, party: str) -> None:
        """A party signs in on the page where a connection is approved, and approves."""
        store = self.here.house.store
        brought = self.here.house.ask()
        try:
            person = store.web_sign_in.sign_in(EMAIL, password(party), "203.0.113.7")
        except SignInFailed:
            with refused(SignInFailed):
                self.twin.house.store.web_sign_in.sign_in(EMAIL, password(party), "203.0.113.7")
            self.wait(0)
            return
        except NothingToApprove:
            return
        browser = store.authorization_requests.signed_in(brought.ask.id, brought.browser, person)
        seen = store.authorization_requests.seen(brought.ask.id, browser)
        for workspace in seen.workspaces:
            self.check(party, workspace.slug)
            self.came_in(party, store.authorization_requests.actor(seen, workspace.slug))
            if workspace.slug == BOLT:
                pages = self.twin.house.store.web_sign_in
                pages.sign_in(EMAIL, password(party), "203.0.113.7")

    @rule(slug=st.sampled_from((ACME, BOLT)))
    def authorize(self, slug: str) -> None:
        """The operator lets in with an SSH key whoever it is in a workspace."""
        party = self.places[slug].accepted_by
        if party is not None:
            found = self.here.house.store.operator.person_id(EMAIL, slug)
            self.guests.append((party, found))

    @rule(who=st.integers(0, 40), slug=st.sampled_from((None, ACME, BOLT)))
    def over_ssh(self, who: int, slug: str | None) -> None:
        """A guest comes in; the line in authorized_keys is never taken out."""
        if not self.guests:
            return
        party, person = self.guests[who % len(self.guests)]
        with suppressed(NotAllowed, NoSuchWorkspace):
            actor = self.here.house.store.sign_in.by_ssh_key(person, slug)
            self.came_in(party, actor)
            if actor_slug(actor, self.here.house) == BOLT:
                twin = self.twin.house.store
                twin.sign_in.by_ssh_key(twin.operator.person_id(EMAIL, BOLT), BOLT)

    @rule(slug=st.sampled_from((ACME, BOLT)))
    def over_ssh_while_invited(self, slug: str) -> None:
        """The operator let an SSH key in before the invitation was accepted."""
        place = self.places[slug]
        if place.invited and place.accepted_by is None:
            store = self.here.house.store
            with refused(InvitationPending):
                store.sign_in.by_ssh_key(store.operator.person_id(EMAIL, slug))

    # What must hold.

    @invariant()
    def each_step_is_counted(self) -> None:
        """It is called after each."""
        self.step_was_taken()

    @invariant()
    def everybody_acts_where_somebody_vouched_for_them_alone(self) -> None:
        """Whoever was let in once can do something exactly while they may."""
        for party, actor in self.actors:
            stands = self.stands(party, actor)
            try:
                self.here.house.store.sign_in.standing(actor)
            except NotAllowed:
                expect(not stands, f"{party} was thrown out")
            else:
                expect(stands, f"{party} acts in {actor_slug(actor, self.here.house)}")

    @invariant()
    def bolt_sees_the_same_as_if_acme_had_never_heard_of_them(self) -> None:
        """What Bolt's admin sees of people, and reads in the audit, is the same in the twin."""
        seen, as_seen = (views(side.house) for side in (self.here, self.twin))
        expect(seen == as_seen, f"Bolt learns: {seen} is not {as_seen}")

    def stands(self, party: str, actor: Actor) -> bool:
        """Return whether an actor that a party was once may act."""
        slug = actor_slug(actor, self.here.house)
        with self.here.house.store.transactions.reading() as unit:
            present = unit.people.membership(actor.person_id) is not None
        return present and self.places[slug].accepted_by == party

    def came_in(self, party: str, actor: Actor) -> None:
        """Somebody is in: they may be."""
        self.check(party, actor_slug(actor, self.here.house))
        if (party, actor) not in self.actors:
            self.actors.append((party, actor))

    def check(self, party: str, slug: str) -> None:
        """Complain where a party is in a workspace whose admin did not hand it anything."""
        expect(self.places[slug].accepted_by == party, f"{party} is in {slug}")

    def used(
        self, party: str, slug: str, serial: int, use: Callable[[Side, Secret], Actor]
    ) -> None:
        """Use a code: it does what it was given for, once, whatever the other workspace does."""
        place, code = self.places[slug], self.here.codes[serial]
        good = (
            place.code is code
            and place.accepted_by is None
            and self.here.house.clock.now() < place.ends
        )
        try:
            actor = use(self.here, code)
        except EnrolmentInvalid:
            expect(not good, f"a good code of {slug} was refused")
            if slug == BOLT:
                with refused(EnrolmentInvalid):
                    self.twin.house.store.sign_in.enrol(
                        EMAIL, self.twin.codes[serial], password(party)
                    )
            self.wait(0)
            return
        expect(good and party in place.given, f"{party} used a code of {slug}")
        place.accepted_by = party
        if slug == BOLT:
            use(self.twin, self.twin.codes[serial])
        self.came_in(party, actor)

    def as_admin(self, slug: str, use: Callable[[House, Actor], object]) -> None:
        """Let an admin do something, in the twin too where it is Bolt's."""
        use(self.here.house, self.here.house.alice if slug == ACME else self.here.house.bob)
        if slug == BOLT:
            use(self.twin.house, self.twin.house.bob)


def password(party: str) -> Secret:
    """Return what a party chooses."""
    return Secret(f"chosen by {party}")


def actor_slug(actor: Actor, house: House) -> str:
    """Return the workspace an actor is in."""
    return ACME if actor.workspace_id == house.alice.workspace_id else BOLT

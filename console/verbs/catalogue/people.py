"""The verbs on people."""

from typing import TYPE_CHECKING

from console.verbs.kinds import LeaverVerb, PersonVerb, PlainVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.offboarding import Leaver
    from store.service.people import Member


# Flows are loaded when they begin, with the dialogs they need.
def _add_person(app: "Host", nothing: None) -> "Flow":
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).add()


def _role(app: "Host", member: "Member") -> "Flow":
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).role(member)


def _offboard(app: "Host", leaver: "Leaver") -> "Flow":
    from console.verbs.offboarding import offboard

    return offboard(app, leaver.id)


def _leave(app: "Host", member: "Member") -> "Flow":
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).leave(member)


def _invite(app: "Host", member: "Member") -> "Flow":
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).invite(member)


def _ssh_keys(app: "Host", member: "Member") -> "Flow":
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).ssh_keys(member)


async def _their_keys(app: "Host", member: "Member") -> None:
    await app.filter_keys(f"holder:{member.person.email} state:active", "people")


ADD = PlainVerb(
    id="add-person",
    key="n",
    label="Add",
    place=0,
    name="Add a person",
    does="they get a one-time code",
    help="add somebody, who gets a one-time code",
    changes=True,
    flow=_add_person,
)
ROLE = PersonVerb(
    id="role",
    key="c",
    label="Change role",
    place=1,
    name="Change role",
    does="of the current person",
    help="change a role",
    changes=True,
    flow=_role,
)
OFFBOARD = LeaverVerb(
    id="offboard",
    key="enter",
    name="Their keys",
    does="go on deciding about them",
    changes=True,
    flow=_offboard,
)
OFFBOARDED = LeaverVerb(
    id="offboarded",
    key="enter",
    name="Their keys",
    does="what became of them",
    changes=False,
    flow=_offboard,
)


def _left(leaver: "Leaver") -> LeaverVerb:
    return OFFBOARD if leaver.finished_at is None else OFFBOARDED


LEAVE = PersonVerb(
    id="leave",
    key="L",
    label="Let go",
    place=2,
    name="Let go",
    does="end their membership, decide about their keys",
    help="let somebody go, and decide about the keys they may know",
    changes=True,
    flow=_leave,
    of_leaver=_left,
)
INVITE = PersonVerb(
    id="invite",
    key="e",
    label="New code",
    place=3,
    rank=7,
    name="New code",
    does="for somebody who has not accepted",
    help="a new code for somebody who has not accepted",
    changes=True,
    flow=_invite,
)
THEIR_KEYS = PersonVerb(
    id="their-keys",
    key="enter",
    label="Their keys",
    place=4,
    rank=6,
    name="Their keys",
    does="that the current person may know",
    help="the keys they may know; of who left, go on deciding",
    changes=False,
    flow=_their_keys,
    of_leaver=_left,
)

SSH_KEYS = PersonVerb(
    id="ssh-keys",
    key="i",
    label="SSH keys",
    place=5,
    rank=8,
    name="SSH keys",
    does="that let the current person in",
    help="the SSH keys that let somebody in",
    changes=False,
    flow=_ssh_keys,
)

ON_PEOPLE = (ADD, ROLE, LEAVE, INVITE, THEIR_KEYS, SSH_KEYS)

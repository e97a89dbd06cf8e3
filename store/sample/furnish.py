"""Filling an empty store with the sample."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import insert

from store.domain.clock import FixedClock
from store.domain.key_string import Secret
from store.domain.people import Actor, Plan, Role
from store.domain.scopes import OURS, scopes
from store.domain.times import DAY, HOUR, end_of_day, moment
from store.operations.progress import Progress, unseen
from store.operations.store import Store
from store.persistence import schema
from store.sample.assistants import ASSISTANTS, Assistant, connect, remember_calls
from store.sample.business import events, quotes
from store.sample.cast import (
    BOB,
    EMAIL,
    MIA,
    PARTS,
    ROTATED,
    ROTATED_AGO,
    SUCCESSOR_USES,
    WORKSPACE,
    SampleKey,
    Use,
)
from store.sample.usage import remember
from store.service.keys import Issued, NewKey
from store.service.transactions import Transactions


@dataclass(frozen=True, slots=True)
class CallingIntegration:
    """An integration that keeps calling with one of the sample's keys."""

    key: Secret
    method: str
    path: str
    agent: str
    per_minute: float


@dataclass(frozen=True, slots=True)
class Sample:
    """How to sign in to the sample, and who calls its API."""

    workspace: str
    email: str
    password: Secret
    callers: tuple[CallingIntegration, ...]


@dataclass(frozen=True, slots=True)
class _Played:
    """One key that was made, and what it is used for."""

    issued: Issued
    part: SampleKey
    uses: Sequence[Use]


def furnish(store: Store, password: Secret, progress: Progress = unseen) -> Sample:
    """Fill an empty store and return how to use it. Takes about half a second."""
    now = store.clock.now()
    clock = FixedClock(now - 220 * DAY)
    past = Store(Transactions(store.database, store.peppers, store.prefix, clock))
    made = past.operator.add_workspace(
        WORKSPACE, EMAIL, password, admin_name="alice", plan=Plan.PRO
    )
    alice = past.sign_in.sign_in(EMAIL, password, made.slug)
    bob = _add_people(past, alice)
    played: list[_Played] = []
    connected: list[tuple[Assistant, str]] = []
    steps = _story(past, alice, bob, made.slug, played, now)
    steps = sorted(steps + _assistants(past, alice, connected), key=lambda step: -step.ago)
    for done, step in enumerate(steps):
        progress(done, len(steps), "")
        clock.instant = now - step.ago
        step.act()
    progress(len(steps), len(steps), "")
    chance = random.Random(7)  # noqa: S311
    with store.database.writing() as connection:
        for integration in played:
            whose = (alice.workspace_id, integration.issued.key.id)
            remember(
                connection, whose, integration.part, integration.uses, now, chance, store.peppers
            )
        remember_calls(connection, alice.workspace_id, connected, now)
        connection.execute(insert(schema.events), events(alice.workspace_id, now, chance))
        connection.execute(insert(schema.quotes), quotes(alice.workspace_id, chance))
    return Sample(made.slug, EMAIL, password, tuple(_callers(played)))


@dataclass(frozen=True, slots=True)
class _Step:
    ago: int
    act: Callable[[], object]


def _add_people(past: Store, alice: Actor) -> Actor:
    added = past.people.add(alice, BOB, "bob", Role.ADMIN)
    past.people.add(alice, MIA, "mia", Role.MEMBER)
    return past.invitations.accept_by_ssh_key(added.person.id, added.code)


def _story(
    past: Store, alice: Actor, bob: Actor, slug: str, played: list[_Played], now: int
) -> list[_Step]:
    """Return what happens to people and keys; what is made goes to `played`."""

    def make(part: SampleKey) -> None:
        issued = _create(past, bob if part.by_bob else alice, part, now)
        played.append(_Played(issued, part, part.uses))

    def rotate() -> None:
        rotated = past.rotations.rotate(alice, ROTATED).unwaited()
        past.keys.confirm(alice, rotated.successor.id)
        part = next(part for part in PARTS if part.name == ROTATED)
        successor = replace(part, age=ROTATED_AGO)
        played.append(_Played(Issued(rotated.successor, rotated.secret), successor, SUCCESSOR_USES))

    steps = [
        _Step(ROTATED_AGO, rotate),
        _Step(26 * HOUR, partial(past.sign_in.by_ssh_key, bob.person_id, slug)),
    ]
    for part in PARTS:
        steps.append(_Step(part.age, partial(make, part)))
        if part.revoked_ago is not None:
            revoke = partial(past.keys.revoke, alice, part.name, part.reason)
            steps.append(_Step(part.revoked_ago, revoke))
    return steps


def _assistants(past: Store, alice: Actor, connected: list[tuple[Assistant, str]]) -> list[_Step]:
    """Return what happens about the assistants; which connections that made goes to `connected`."""
    ids: dict[str, str] = {}

    def opened(assistant: Assistant) -> None:
        ids[assistant.name] = connect(past, alice, assistant)
        connected.append((assistant, ids[assistant.name]))

    def revoked(assistant: Assistant) -> None:
        past.connections.revoke(alice, ids[assistant.name], assistant.reason).unwaited()

    steps = [_Step(assistant.age, partial(opened, assistant)) for assistant in ASSISTANTS]
    return steps + [
        _Step(assistant.revoked_ago, partial(revoked, assistant))
        for assistant in ASSISTANTS
        if assistant.revoked_ago is not None
    ]


def _create(past: Store, actor: Actor, part: SampleKey, now: int) -> Issued:
    made_at = now - part.age
    wanted = NewKey(
        part.name,
        scopes([part.granted], OURS),
        None if part.life is None else end_of_day(moment(made_at + part.life).date()),
        part.rotate_every_days,
        list(part.holders),
    )
    issued = past.keys.create(actor, wanted)
    if part.confirmed:
        past.keys.confirm(actor, issued.key.id)
    return issued


def _callers(played: Sequence[_Played]) -> list[CallingIntegration]:
    """Return who goes on calling: every use that has not ended."""
    return [
        CallingIntegration(
            integration.issued.secret,
            use.method,
            use.path,
            integration.part.agent,
            use.per_minute * max(0.1, 1 + use.shift),
        )
        for integration in played
        for use in integration.uses
        if not use.until
    ]

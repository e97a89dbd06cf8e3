"""Stops at the door: the same verdict by every way a request can come, until they are lifted."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from store.domain.stops import StopKind, Target
from store.domain.verdicts import ANSWERED, Verdict
from store.verifier.context import WorkerContext
from store.verifier.dry_run import foresee
from tests.house import House
from tests.verifier.serving import Served, half_sent, received, serving, wrong_secret

ALL = Target(StopKind.WORKSPACE)
QUOTE = {"customer": "Ada", "currency": "EUR", "amount": "1.00"}


@pytest.fixture
def here(own_house: House, tmp_path: Path) -> Iterator[Served]:
    """A served store to whose assistants `House.opened` gives tokens."""
    address = "https://here.example"
    with (
        serving(own_house, tmp_path / "stderr", public_url=address) as server,
        server.client() as client,
    ):
        yield Served(own_house, server, client)


def test_the_verdict_is_the_same_on_every_path_whatever_is_stopped(here: Served) -> None:
    house, store, alice = here.house, here.house.store, here.house.alice
    issued = here.issue("availability:read quotes:write")
    store.belonging.set_both(alice, issued.key.id, "customer_42", {"team": "north pole"}).unwaited()
    key, one = issued.secret.reveal(), Target(StopKind.KEY, issued.key.id)
    owner, label = (
        Target(StopKind.OWNER, "customer_42"),
        Target(StopKind.LABEL, "team=north%20pole"),
    )
    token = house.opened()[1].access.reveal()
    context = WorkerContext(house.url, pepper_path=house.pepper_path)

    def refused(path: str, method: str = "GET", **options: object) -> str:
        answer = here.ask(path, key, method, **options)
        return ANSWERED if answer.status_code in (200, 201) else answer.json()["code"]

    def each_path() -> set[str]:
        foreseen = foresee(context, issued.key, "GET", "/api/v1/availability").verdict
        return {
            refused("/verify"),
            # Again: what answers now is what was remembered.
            refused("/verify"),
            refused("/verify?scope=availability:read"),
            refused("/authorize?scope=availability:read"),
            refused("/availability"),
            refused("/quotes", "POST", json=QUOTE),
            ANSWERED if foreseen is Verdict.VALID else foreseen.value,
            store.why.explain(alice, issued.key.id).outcome,
        }

    def assistant() -> int:
        bearer = {"Authorization": f"Bearer {token}"}
        return here.client.post("/mcp", headers=bearer, json={}).status_code

    standing: set[Target] = set()
    let_in = assistant()
    turns = [one, owner, label, ALL] * 2
    Random(19).shuffle(turns)
    try:
        for target in turns:
            if target in standing:
                store.stops.resume(alice, [target])
            else:
                store.stops.stop(alice, [target]).unwaited()
            standing ^= {target}
            assert each_path() == {"stopped" if standing else ANSWERED}, standing
            assert assistant() == (403 if ALL in standing else let_in)
    finally:
        context.close()


def test_it_is_told_to_the_right_secret_alone_and_no_other_credential_is_asked_for(
    served: Served,
) -> None:
    issued = served.issue()
    key = issued.secret.reveal()
    stop = Target(StopKind.KEY, issued.key.id)
    served.house.store.stops.stop(served.house.alice, [stop], "seen in a log").unwaited()
    answer = served.ask("/verify", key)
    assert (answer.status_code, answer.json()["code"]) == (403, "stopped")
    assert "www-authenticate" not in answer.headers
    # Why it is stopped is for admins.
    assert "seen in a log" not in answer.text
    passed_on = served.ask("/authorize", key)
    assert (passed_on.status_code, passed_on.headers["x-keydeck-code"]) == (403, "stopped")
    assert served.ask("/verify", wrong_secret(key)).json()["code"] == "unknown"


def test_a_write_that_was_let_in_is_refused_where_it_is_stopped_before_its_commit(
    served: Served,
) -> None:
    issued = served.issue("quotes:write")
    body = b'{"customer":"Ada","currency":"EUR","amount":"1.00"}'
    with half_sent(served.server, issued.secret.reveal(), len(body)) as wire:
        stop = Target(StopKind.KEY, issued.key.id)
        served.house.store.stops.stop(served.house.alice, [stop]).unwaited()
        wire.sendall(body)
        answer = received(wire)
    assert (answer.status_code, answer.json()["code"]) == (403, "stopped")

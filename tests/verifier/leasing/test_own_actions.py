"""Actions of one's own under a lease: what is remembered of them ends as for read and write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.domain.keys import Key
from store.domain.scopes import Scope
from store.domain.stops import StopKind, Target
from store.service.commits import Done
from store.service.keys import NewKey
from tests.house import House
from tests.verifier.leasing.test_keeper import LONG_S, SELDOM, leased
from tests.verifier.serving import Served, eventually, serving

pytestmark = pytest.mark.postgres_only


def test_an_action_of_ones_own_is_judged_under_a_lease_as_it_is_without(
    own_house: House, tmp_path: Path
) -> None:
    house, alice, peer = own_house, own_house.alice, ["127.0.0.1"]
    house.store.operator.add_resource("invoices", None, ("read", "delete"))
    house.store.routes.add("DELETE /invoices/{id}", ["invoices:delete"])
    asked = {"X-Forwarded-Method": "DELETE", "X-Forwarded-Uri": "/invoices/7"}
    wanted = NewKey("Own", frozenset({Scope("invoices", "read")}), None)
    issued = house.store.keys.create(alice, wanted)
    key, reads = issued.secret.reveal(), tmp_path / "reads"

    def codes(served: Served) -> list[str | None]:
        answers = (
            served.ask("/verify?scope=invoices:delete", key),
            served.ask("/authorize", key, headers=asked),
        )
        return [None if one.status_code == 200 else one.json()["code"] for one in answers]

    def rescoped(*actions: str) -> Done[Key]:
        granted = frozenset(Scope("invoices", action) for action in actions)
        return house.store.keys.rescope(alice, issued.key.id, granted)

    one_key, everything = Target(StopKind.KEY, issued.key.id), Target(StopKind.WORKSPACE)

    def stopped(target: Target) -> Done[Any]:
        return house.store.stops.stop(alice, [target])

    def goes_on(target: Target) -> Done[Any]:
        return Done(house.store.stops.resume(alice, [target]), ())

    with (
        leased(house, tmp_path, LONG_S, prelude=SELDOM, proxies=peer) as remembering,
        serving(house, reads, proxies=peer) as server,
        server.client() as client,
    ):
        both = (remembering, Served(house, server, client))

        def judge(expected: list[str | None]) -> bool:
            return [codes(one) for one in both] == [expected] * 2

        def eventually_judge(expected: list[str | None]) -> bool:
            eventually(lambda: judge(expected))
            return True

        steps: tuple[tuple[Callable[[], Done[Any]], list[str | None]], ...] = (
            (lambda: rescoped("read", "delete"), [None, None]),
            (lambda: stopped(one_key), ["stopped", "stopped"]),
            (lambda: stopped(everything), ["stopped", "stopped"]),
            (lambda: goes_on(one_key), ["stopped", "stopped"]),
            (lambda: goes_on(everything), [None, None]),
            (lambda: rescoped("read"), ["scope", "scope"]),
            (lambda: rescoped("delete"), [None, None]),
            (lambda: house.store.routes.add("* /invoices/{id}", ["invoices:read"]), [None, None]),
            (lambda: house.store.routes.remove("DELETE /invoices/{id}"), [None, "scope"]),
            (lambda: house.store.keys.revoke(alice, issued.key.id), ["revoked", "revoked"]),
        )
        assert judge(["scope", "scope"])
        for do, expected in steps:
            # Both remember, or have just read, how it was.
            _, commits = do().unpack()
            house.store.in_force.wait(commits)
            # What only widens is waited for by nobody.
            assert commits or eventually_judge(expected)
            assert judge(expected)

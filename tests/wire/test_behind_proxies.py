"""Published through real proxies: those who share one are told apart, whatever a stranger sends.

Each proxy publishes the verifier in the plainest way its manual shows (`configurations/`).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from store.domain.clock import FixedClock, SystemClock
from store.domain.key_string import mint
from store.domain.verdicts import Verdict
from store.service.keys import Issued
from tests.conftest import MoveIn
from tests.house import House
from tests.proxies import CADDY, ENVOY, HAPROXY, NGINX, TRAEFIK, Program, running
from tests.verifier.serving import eventually, serving
from tests.wire.accounting import everything, standing, used
from tests.wire.attacks import asking_for_less, without_a_key
from tests.wire.grammar import FORGED
from tests.wire.requests import Script
from tests.wire.sharing import Client, Victim, assault
from tests.wire.shop import shop
from tests.wire.side import STANDING, UNTOUCHED, stand_by
from tests.wire.stand import PROXY, Keys

CONFIGURATIONS = Path(__file__).parent / "configurations"
_BOTH = "events:read events:write"
_STRANGERS = 3


@pytest.fixture
def own_house(move_in: MoveIn, tmp_path: Path) -> Iterator[House]:
    """A house on today's clock for one test, with an event that nobody makes."""
    with move_in(tmp_path, FixedClock(SystemClock().now())) as house:
        stand_by(house)
        yield house


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("nginx", NGINX),
        ("nginx-websocket", NGINX),
        ("caddy", CADDY),
        ("haproxy", HAPROXY),
        ("traefik", TRAEFIK),
        ("envoy", ENVOY),
    ],
)
def test_nothing_that_a_stranger_sends_runs_as_somebody_elses_request(
    name: str, program: Program, own_house: House, tmp_path: Path
) -> None:
    theirs, trailing = own_house.create("Theirs", _BOTH), own_house.create("Trailing", _BOTH)
    scripts = list(_strange(trailing).values())
    with (
        serving(own_house, tmp_path / "stderr", proxies=[PROXY]) as server,
        running(program, CONFIGURATIONS / name, tmp_path / name, upstream=server.port) as proxy,
    ):
        eventually(lambda: proxy.answers("/healthz") == 200)

        def share(which: int) -> Victim:
            with closing(Victim(proxy, theirs.secret.reveal())) as victim:
                assault(proxy, scripts[which::_STRANGERS], victim.use)
            return victim

        with ThreadPoolExecutor(_STRANGERS) as strangers:
            victims = list(strangers.map(share, range(_STRANGERS)))
    assert [victim.wrong for victim in victims] == [[]] * _STRANGERS
    expected = {event_id: event for one in victims for event_id, event in one.events.items()}
    assert standing(own_house) == {**expected, STANDING: (UNTOUCHED, None)}
    assert used(own_house, theirs.key.id) == {Verdict.VALID: sum(one.sent for one in victims)}
    assert used(own_house, trailing.key.id) == {}
    assert FORGED not in everything(own_house)


def test_a_key_that_may_read_orders_nothing_where_nginx_asks_about_keys(
    own_house: House, tmp_path: Path
) -> None:
    reads, writes = (own_house.create(one, one).secret.reveal() for one in _BOTH.split())
    with (
        serving(own_house, tmp_path / "stderr") as server,
        shop() as served,
        running(
            NGINX,
            CONFIGURATIONS / "nginx-auth-request",
            tmp_path / "nginx",
            upstream=server.port,
            shop=served.port,
        ) as proxy,
        closing(Client(proxy, writes)) as may,
        # The hidden key does for their orders, if it does: a second one would be refused.
        closing(Client(proxy, None)) as may_not,
    ):
        answered: list[tuple[str, int]] = []

        def order() -> None:
            for client, path, expected in (
                (may_not, "/shop/theirs", 401),
                (may, "/shop/mine", 200),
            ):
                for _ in range(2):
                    status, _ = client.send("POST", path, "one")
                    answered.append((path, status))
                    assert status == expected, answered

        assault(proxy, asking_for_less(reads).values(), order, rounds=2)
        assert served.ordered == [path for path, status in answered if status == 200]


def _strange(trailing: Issued) -> dict[str, Script]:
    unknown = mint("jw").key.reveal()
    return without_a_key(Keys(unknown, unknown, trailing.secret.reveal(), unknown))

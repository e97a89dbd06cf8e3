"""One client that sends without end takes no memory, and is let go of in its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.verifier.http import bounds
from tests.house import House
from tests.verifier.http.flooding import MIB, MOST_MIB, SLACK_S, flood, places
from tests.verifier.serving import Server, serving

_SIZE = 64 * MIB
_SHORT_S = {"HEAD_S": 1.0, "BODY_S": 1.0, "ANSWER_S": 1.5, "LINGER_S": 0.5, "KEEP_ALIVE_S": 1.0}
_PRELUDE = "\n".join(
    (
        "from store.verifier.http import bounds",
        *(f"bounds.{name} = {seconds}" for name, seconds in _SHORT_S.items()),
        "",
    )
)


@pytest.fixture
def server(own_house: House, tmp_path: Path) -> Iterator[Server]:
    """A verifier whose deadlines are short."""
    with serving(own_house, tmp_path / "stderr", prelude=_PRELUDE) as found:
        yield found


def test_who_sends_without_end_takes_no_memory_and_is_let_go_of(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in _SHORT_S.items():
        monkeypatch.setattr(bounds, name, seconds)
    with server.client() as client:
        for _ in range(20):
            assert client.get("/healthz").status_code == 200
    wrong = {}
    for where, place in places().items():
        found = flood(server, place, _SIZE)
        late = found.gone_s is None or found.gone_s > place.deadline_s + SLACK_S
        if late or found.grown_mib >= MOST_MIB:
            wrong[where] = found
    assert not wrong
    with server.client() as client:
        assert client.get("/healthz").status_code == 200

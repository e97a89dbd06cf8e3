"""The key is in the reply to its making and nowhere else, whatever breaks."""

from pathlib import Path

import psutil
import pytest

from tests.verifier.serving import Served

_EVENT = {
    "starts_at": "2027-01-01T00:00:00Z",
    "ends_at": "2027-01-02T00:00:00Z",
}


@pytest.fixture(params=["own", "pair"])
def broken(request: pytest.FixtureRequest) -> Served:
    """A served store whose events cannot be inserted: a fault that no code expects."""
    served: Served = request.getfixturevalue(request.param)
    with served.house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER fault BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'fault'); END"
        )
    return served


def _pieces(key: str) -> list[str]:
    secret = key.rpartition("_")[2]
    return [secret[start : start + 10] for start in range(0, len(secret) - 9, 3)]


def test_a_handler_that_crashes_tells_neither_the_client_nor_the_log_the_key(
    broken: Served,
) -> None:
    key = broken.key("events:read events:write")
    other = broken.key()
    # Whoever pastes a key into a name puts it into the statement's parameters.
    body = {**_EVENT, "name": f"Key {other}", "venue": "é ✓ 予約"}
    answer = broken.ask("/events", key, "POST", json=body)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"] == "internal"
    assert "fault" not in answer.text
    # The defect is in the log, under the id the client was given, and can be found by it.
    assert broken.server.terminate() == 0
    said = broken.server.said()
    assert answer.headers["x-request-id"] in said
    assert "Traceback" in said
    assert "fault" in said
    assert "[key]" in said
    for piece in _pieces(key) + _pieces(other):
        assert piece not in said
        assert piece not in answer.text
    assert all(character == "\n" or " " <= character <= "~" for character in said.split("\n", 1)[1])


def test_the_service_goes_on_after_a_crash(broken: Served) -> None:
    key = broken.key("events:read events:write")
    for _ in range(3):
        body = {**_EVENT, "name": "A"}
        assert broken.ask("/events", key, "POST", json=body).status_code == 500
        assert broken.ask("/events", key).json() == {"data": [], "next": None}


def test_no_file_of_the_store_and_no_process_holds_a_key_that_was_used(
    broken: Served, tmp_path: Path
) -> None:
    keys = [broken.key(), broken.key()]
    for key in keys:
        assert broken.ask("/verify", key).status_code == 200
        assert broken.ask(f"/verify?key={key}").status_code == 400
        assert broken.ask("/events/" + key, key).status_code == 403
        assert broken.ask("/" + key).status_code == 404
        assert broken.ask("/verify", key + "x").status_code == 401
        assert broken.ask("/verify", headers={"User-Agent": key}).status_code == 401
    server = psutil.Process(broken.server.process.pid)
    for process in (server, *server.children(recursive=True)):
        told = " ".join(process.cmdline()) + " ".join(process.environ().values())
        assert not any(piece in told for key in keys for piece in _pieces(key))
    assert broken.server.terminate() == 0
    said = broken.server.said()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for key in keys:
        for piece in _pieces(key):
            assert piece not in said
            assert not [path for path in files if piece.encode() in path.read_bytes()]

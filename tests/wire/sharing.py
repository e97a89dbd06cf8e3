"""Those who share a proxy and its connections: some with keys, and one up to no good."""

import http.client
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.proxies import Proxy
from tests.verifier.serving import API, PATIENCE_S
from tests.wire.requests import Script

_PAUSE_S = 0.02
"""How long a stranger lets the verifier read the first part of what is sent in several."""
_ANSWERED_S = 0.15
"""How long a stranger waits for an answer; most of what they send gets one at once."""


class Client:
    """Somebody with a connection to a proxy that is kept, who asks one thing after another."""

    def __init__(self, proxy: Proxy, key: str | None) -> None:
        """Send nothing yet."""
        self._connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=PATIENCE_S)
        self._headers = {"Content-Type": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """Return the status and the body of the answer. Raises OSError, HTTPException."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


class Victim(Client):
    """Somebody who uses their key as one should, and knows what each answer must be."""

    def __init__(self, proxy: Proxy, key: str) -> None:
        """Send nothing yet."""
        super().__init__(proxy, key)
        self.events: dict[str, tuple[str, int | None]] = {}
        """Name and guests by id, as they are in the store if nobody else wrote there."""
        self.sent = 0
        self.wrong: list[str] = []
        """Answers that were to something else."""

    def use(self) -> None:
        """Make an event, change it, read it, have the key verified."""
        if self.wrong:
            return
        name = f"Party {len(self.events)}"
        times = {"starts_at": "2027-01-01T10:00:00.000Z", "ends_at": "2027-01-01T11:00:00.000Z"}
        new = {"name": name, **times}
        made = self._expect(201, "POST", "/events", new, new | {"guests": None})
        event_id, guests = made.get("id", ""), len(self.events)
        self.events[event_id] = name, None
        there = {"id": event_id, "name": name, "guests": guests}
        self._expect(200, "PATCH", f"/events/{event_id}", {"guests": guests}, there)
        self.events[event_id] = name, guests
        self._expect(200, "GET", f"/events/{event_id}", None, there)
        self._expect(200, "GET", "/verify?scope=events:write", None, {"valid": True})

    def _expect(
        self,
        status: int,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        expected: dict[str, Any],
    ) -> dict[str, Any]:
        self.sent += 1
        sent = None if body is None else json.dumps(body)
        found: dict[str, Any] = {}
        try:
            answered, content = self.send(method, f"{API}{path}", sent)
            found = json.loads(content)
        except (http.client.HTTPException, OSError, ValueError) as error:
            self.wrong.append(f"{method} {path}: {error!r}")
            self.close()
        else:
            if answered != status or any(found.get(name) != expected[name] for name in expected):
                self.wrong.append(f"{method} {path}: {answered} {found}")
        return found


def assault(
    proxy: Proxy, scripts: Iterable[Script], then: Callable[[], None], *, rounds: int = 1
) -> None:
    """Send what scripts say, each on a connection of its own, and let others go on in between.

    Each is sent at once, then with a pause behind its head, then with one at each of its stops.
    """
    for script in scripts:
        whole = b"".join(script.segments())
        head = whole.find(b"\r\n\r\n") + 4
        for segments in ([whole], [whole[:head], whole[head:]], script.segments()) * rounds:
            _send(proxy, segments)
            then()


def _send(proxy: Proxy, segments: list[bytes]) -> None:
    try:
        with proxy.connect() as wire:
            for segment in segments:
                wire.sendall(segment)
                time.sleep(_PAUSE_S)
            wire.settimeout(_ANSWERED_S)
            wire.recv(65536)
    except OSError:
        # They are refused, or kept waiting for what they announced.
        pass

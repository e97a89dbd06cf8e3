"""The access log: no key is in it, and whoever does not read it holds nobody up."""

import os
import select
from types import SimpleNamespace
from typing import Any, cast

import pytest

from store.domain.foreign import Hash, Hashing, Shape
from store.errors import Invalid, StoreUnconfirmed
from store.verifier import lines
from store.verifier.access_log import AccessLog, Format
from store.verifier.clients import UNIX, Clients
from store.verifier.context import WorkerContext
from store.verifier.lines import Lines
from store.verifier.server import serve
from tests.house import House

_FOREIGN = "sk_live9abcdefghijk"
_OURS = "jw_4fQ2xAAAAAAA_" + "s" * 49


def _context(shapes: tuple[Shape, ...] | None) -> WorkerContext:
    def foreign_shapes() -> tuple[Shape, ...]:
        if shapes is None:
            raise StoreUnconfirmed
        return shapes

    found: Any = SimpleNamespace(
        lookup=SimpleNamespace(foreign_shapes=foreign_shapes),
        clients=Clients(),
        clock=SimpleNamespace(now=lambda: 0),
    )
    return cast("WorkerContext", found)


@pytest.mark.parametrize(
    "text",
    [
        "/".join([*(f"sk_decoy{number:08}x" for number in range(16)), _FOREIGN]),
        "/".join([*(f"sk_decoy{number:07}." for number in range(8)), _FOREIGN]),
        " ".join([*(["sk_" + "a" * 43] * 8), "b" * 24, _FOREIGN[:18]]),
        _FOREIGN.replace("_", "%5F").replace("live9", "live9+/"),
        _FOREIGN.replace("_", "%2525255F"),
        _OURS.replace("_", "%5F"),
    ],
    ids=["many", "many with dots", "cut", "encoded, base64", "encoded often", "ours, encoded"],
)
@pytest.mark.parametrize("known", [True, False], ids=["known", "not known yet"])
def test_no_part_of_a_key_is_in_a_line(text: str, known: bool) -> None:
    shapes = (Shape(Hashing(Hash.NONE), "p", "sk_", 16, 512),)
    reader, writer = os.pipe()
    log = AccessLog(Format.JSON, _context(shapes if known else None), Lines(writer))
    scope = {"client": ("192.0.2.7", 1), "method": "GET", "path": f"/{text}", "http_version": "1.1"}
    log.note({**scope, "headers": [(b"user-agent", text.encode())]}, None, 404, 0, b"r", log.now())
    log.close()
    line = os.read(reader, 65536)
    os.close(reader)
    os.close(writer)
    assert b"[key]" in line
    for part in (b"live9", b"sk_live", b"sssss"):
        assert part not in line


def test_a_line_waits_for_no_reader_and_nor_does_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LAST_WORDS_S", 0.2)
    reader, writer = os.pipe()
    written = Lines(writer)
    number = 2000
    for _ in range(number):
        written.put(b"x" * 99 + b"\n")
    written.close()
    assert not written._writer.is_alive()
    found = b""
    while select.select([reader], [], [], 0)[0]:
        found += os.read(reader, 65536)
    os.close(reader)
    os.close(writer)
    assert 0 < len(found) < 100 * number
    assert set(found.split(b"\n")) == {b"x" * 99, b""}


@pytest.mark.sqlite_only
def test_a_port_has_nobody_to_believe_who_may_open_a_unix_socket(house: House) -> None:
    """Whoever leaves at once has no address there, and would pass for the proxy."""
    with pytest.raises(Invalid, match="unix socket, and this is a port"):
        serve(house.url, port=0, pepper_path=house.pepper_path, proxies=(UNIX,))

"""What was no request stands in a counter and in one line of the log, without its bytes."""

import logging
import re

import pytest

from store.verifier.counters import REJECTIONS, Counters
from store.verifier.http.rejections import EVERY_S, Rejections
from tests.verifier.serving import Served, received

_KEY = "jw_" + "a" * 12 + "_" + "b" * 49


def test_each_reason_is_counted_and_said_once_in_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    counters = Counters()
    rejections = Rejections(counters, monotonic=lambda: now)
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            for reason in REJECTIONS:
                rejections.note(reason, "192.0.2.7")
        assert len(caplog.messages) == len(REJECTIONS)
        now = EVERY_S
        rejections.note("tls", None)
    assert "999 more" in caplog.messages[-1]
    assert all(counters.totals()["rejected", one] in (1000, 1001) for one in REJECTIONS)


def test_what_is_no_http_is_counted_and_the_log_holds_nothing_of_it(own: Served) -> None:
    sent = {
        "syntax": f"\x1b]52;c;YQ==\x07 {_KEY}\r\n\r\n".encode(),
        "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + _KEY.encode(),
        "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "connect": f"CONNECT {_KEY}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        "head_too_large": b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n",
    }
    for number, (reason, request_bytes) in enumerate(sent.items(), 1):
        for _ in range(3):
            with own.server.connect() as wire:
                wire.sendall(request_bytes)
                assert received(wire).status_code == 400
        page = own.client.get("/metrics").text
        assert f'keydeck_connections_rejected_total{{reason="{reason}"}} 3\n' in page
        said = own.server.said().splitlines()[1:]
        assert len(said) == number
        assert re.fullmatch(rf"Rejected \({reason}\): a connection from 127\.0\.0\.1\.", said[-1])


def test_a_request_that_is_refused_as_such_is_no_rejection(own: Served) -> None:
    for path in ("/verify", "/nowhere", "/verify?access_token=x"):
        assert own.ask(path).status_code >= 400
    assert not re.search(r"rejected_total\{[^}]*\} [1-9]", own.client.get("/metrics").text)
    assert own.server.said().count("\n") == 1

"""Addresses and methods, the routes for machines that watch, the headers of every answer."""

import re

import httpx
import pytest

from store.domain.key_string import mint
from tests.verifier.serving import API, Served, eventually

_GET = {"GET", "HEAD"}
_METHODS = {
    f"{API}/verify": _GET,
    f"{API}/availability": _GET,
    f"{API}/events": {*_GET, "POST"},
    f"{API}/events/ev_1": {*_GET, "PATCH"},
    f"{API}/quotes": {*_GET, "POST"},
    f"{API}/quotes/qu_1": {*_GET, "PATCH"},
    "/healthz": _GET,
    "/readyz": _GET,
    "/metrics": _GET,
    "/docs": _GET,
    "/openapi.json": _GET,
    f"{API}/healthz": _GET,
    f"{API}/readyz": _GET,
    f"{API}/metrics": _GET,
}
_NONE = [
    "/api",
    API,
    f"{API}/",
    f"{API}/verify/",
    f"{API}//verify",
    f"{API}/Verify",
    "/verify",
]
_NONE += [f"{API}/events/", f"{API}/events/a/b", f"{API}/events/a%2Fb", "/favicon.ico", "/docs/"]
_NONE += [f"{API}/docs", f"{API}/%76erify%00", "/" + "x" * 8000]


def _marked(answer: httpx.Response) -> None:
    assert re.fullmatch("req_[0-9A-Za-z]{19}", answer.headers["x-request-id"])
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "POST", "PATCH")
        for path, methods in _METHODS.items()
        if method not in methods
    ],
)
def test_a_method_an_address_does_not_have_is_405_and_names_those_it_has(
    served: Served, method: str, path: str
) -> None:
    for key in (None, served.key()):
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        answer = served.client.request(method, path, headers=headers)
        assert answer.status_code == 405
        assert answer.json()["code"] == "method_not_allowed"
        assert set(answer.headers["allow"].split(", ")) == _METHODS[path]
        assert "www-authenticate" not in answer.headers
        _marked(answer)


@pytest.mark.parametrize("path", _NONE)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD"])
def test_an_address_that_is_none_is_404_whatever_the_method(
    served: Served, path: str, method: str
) -> None:
    answer = served.client.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert method == "HEAD" or answer.json()["code"] == "not_found"
    assert "www-authenticate" not in answer.headers
    _marked(answer)


def test_a_percent_encoded_address_is_the_address(served: Served) -> None:
    assert served.client.get(f"{API}/%76erify").status_code == 401


@pytest.mark.parametrize("base", ["", API])
def test_the_watching_routes_need_no_key(served: Served, base: str) -> None:
    for name, content in (
        ("healthz", {"status": "ok"}),
        (
            "readyz",
            {
                "status": "ready",
                "lease": "none",
                "memory": "header",
                "reads_because": None,
                "writes_refused_because": None,
                "limits_unheard_s": None,
            },
        ),
    ):
        answer = served.client.get(f"{base}/{name}")
        assert answer.status_code == 200
        assert answer.json() == content
        _marked(answer)
    answer = served.client.get(f"{base}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    _marked(answer)


def test_every_status_has_a_request_id_and_is_never_stored(served: Served) -> None:
    key = served.key("events:read events:write")
    asked = {
        200: served.ask("/verify", key),
        400: served.ask("/verify?scope=x", key),
        401: served.ask("/verify"),
        403: served.ask("/quotes", key),
        404: served.ask("/events/ev_none", key),
        405: served.ask("/events", key, "DELETE"),
        413: served.ask("/events", key, "POST", content=b"x" * 70_000),
        415: served.ask("/events", key, "POST", content=b"{}"),
        422: served.ask("/events", key, "POST", json={}),
        201: served.ask(
            "/events",
            key,
            "POST",
            json={
                "name": "A",
                "starts_at": "2027-01-01T00:00:00Z",
                "ends_at": "2027-01-02T00:00:00Z",
            },
        ),
    }
    for status, answer in asked.items():
        assert answer.status_code == status
        _marked(answer)
        assert status < 400 or answer.json()["request_id"] == answer.headers["x-request-id"]
    assert len({answer.headers["x-request-id"] for answer in asked.values()}) == len(asked)


def test_forwarded_addresses_are_not_believed(served: Served) -> None:
    issued = served.issue()
    forwarded = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert served.ask("/verify", issued.secret.reveal(), headers=forwarded).status_code == 200
    house = served.house

    def address() -> str | None:
        return house.store.keys.details(house.alice, issued.key.id).traffic.last_address

    eventually(lambda: address() is not None)
    assert address() == "127.0.0.1"


def test_the_metrics_name_no_key_and_no_workspace(served: Served) -> None:
    issued = served.issue(name="Labelled")
    served.ask("/verify", issued.secret.reveal())
    served.ask("/verify", mint("jw").key.reveal())
    page = served.client.get("/metrics").text
    for word in (issued.key.id, issued.key.id[:5], "Labelled", "acme", "jw_", "127.0.0.1"):
        assert word not in page


def test_the_metrics_are_the_text_format_of_prometheus(served: Served) -> None:
    page = served.client.get("/metrics").text
    assert page.endswith("\n")
    sample = re.compile(
        r'[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? (\+Inf|[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?)'
    )
    described: set[str] = set()
    for line in page.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))", line)
            described.add(line.split()[2])
        else:
            assert sample.fullmatch(line), line
            name = re.split(r"[{ ]", line)[0]
            assert name in described or re.sub("_(bucket|sum|count)$", "", name) in described
    buckets = [int(line.split()[1]) for line in page.splitlines() if "_bucket{" in line]
    assert buckets == sorted(buckets)
    assert f"keydeck_http_response_seconds_count {buckets[-1]}" in page

"""The page of a request notices by itself what the console decided, and nobody else frames that."""

import html
import re
from urllib.parse import urljoin

import httpx
import pytest

from store.domain.connections import ASK_LIFETIME
from tests.assistants.walking import Walk, answered
from tests.house import House, granted_scopes

CODE = re.compile(r"[B-Z]{4}-[B-Z]{4}")
_FRAME = re.compile(r'<iframe[^>]* src="([^"]+)"')
_LINK = re.compile(r'<a [^>]*href="([^"]+)" target="_top">Go on</a>')
AGAIN = '<meta http-equiv="refresh" content="3">'


def asked(walk: Walk) -> str:
    """Bring a request, and return the code on its page."""
    walk.register()
    walk.authorize()
    code = CODE.search(walk.html)
    assert code is not None
    return code[0]


def frame(walk: Walk) -> httpx.Response:
    """Load the frame of the page as it was seen last."""
    found = _FRAME.search(walk.html)
    assert found is not None, walk.html
    address = urljoin(walk.page, html.unescape(found[1]))
    return walk.browser.get(address, headers={"Sec-Fetch-Site": "same-origin"})


def followed(walk: Walk, looked: httpx.Response) -> httpx.Response:
    """Follow the link in a frame, which is for the page around it."""
    [onward] = _LINK.findall(looked.text)
    return walk.browser.get(urljoin(walk.page, html.unescape(onward)))


def test_a_page_where_somebody_types_stands_still_and_the_frame_in_it_leads_on_once_approved(
    walk: Walk,
) -> None:
    house: House = walk.served.house
    code = asked(walk)
    for _ in ("before anybody signs in", "and after"):
        assert "http-equiv" not in walk.html
        waiting = frame(walk)
        assert (waiting.status_code, AGAIN in waiting.text) == (200, True)
        assert "_top" not in waiting.text
        walk.sign_in()
    asks = house.store.authorization_requests
    ask = asks.by_short_code(house.alice, code)
    asks.approve(house.alice, ask.id, granted_scopes("events:read"), "30d").unwaited()
    # The frame only looks, however often: the answer is for the page around it.
    for _ in range(2):
        approved = frame(walk)
        assert "Approved in the console" in approved.text
        assert "http-equiv" not in approved.text, "it looks no more"
    walk.code = answered(followed(walk, approved))["code"]
    assert walk.call(walk.token().json()["access_token"]).status_code == 200
    done = frame(walk)
    assert ("Go on there" in done.text, "http-equiv" in done.text) == (True, False)


def test_whoever_comes_from_another_site_presses_a_button_to_go_on(walk: Walk) -> None:
    house: House = walk.served.house
    code = asked(walk)
    asks = house.store.authorization_requests
    asks.deny_by_code(house.alice, asks.by_short_code(house.alice, code).id)
    led = walk.browser.get(walk.page, headers={"Sec-Fetch-Site": "cross-site"})
    assert answered(led) == {}
    assert "Refused in the console" in led.text
    assert f'href="{walk.page.removeprefix(walk.base)}"' in html.unescape(led.text)
    assert answered(followed(walk, frame(walk)))["error"] == "access_denied"


def test_what_was_typed_while_the_console_decided_goes_on_as_well(walk: Walk) -> None:
    house: House = walk.served.house
    asks = house.store.authorization_requests
    for button in ("sign_in", "approve"):
        code = asked(walk)
        if button == "approve":
            walk.sign_in()
        ask = asks.by_short_code(house.alice, code)
        asks.approve(house.alice, ask.id, granted_scopes("events:read"), "30d").unwaited()
        answer = walk.sign_in() if button == "sign_in" else walk.approve()
        assert "code" in answered(answer), button


def test_a_frame_looks_no_more_once_its_request_is_over_or_its_cookie_gone(walk: Walk) -> None:
    house = walk.served.house
    house.clock.instant -= ASK_LIFETIME
    try:
        brought = house.ask()
    finally:
        house.clock.instant += ASK_LIFETIME
    walk.page = f"{walk.base}/oauth/approve?ask={brought.ask.id}"
    for cookie in (brought.browser.reveal(), "", "guessed"):
        with walk.with_cookie(cookie) as other:
            looked = other.browser.get(f"{other.page}&look=1")
        assert "http-equiv" not in looked.text, cookie
        assert "Begin again in the assistant." in looked.text
        assert "Claude" not in looked.text


def test_a_cookie_outlasts_an_approval_at_the_last_moment(walk: Walk) -> None:
    walk.register()
    kept = re.search(r"Max-Age=(\d+)", walk.authorize().headers["Set-Cookie"])
    assert kept is not None
    assert int(kept[1]) * 1000 > 2 * ASK_LIFETIME


@pytest.mark.parametrize("cookie", [True, False])
def test_the_frame_stands_in_our_own_page_alone_and_runs_nothing(walk: Walk, cookie: bool) -> None:
    asked(walk)
    around = walk.look().headers["Content-Security-Policy"]
    assert "frame-src 'self'" in around
    looked = frame(walk) if cookie else walk.served.client.get(f"{walk.page}&look=1")
    policy = looked.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "frame-src 'none'" in policy
    assert "script-src" not in policy
    assert looked.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert looked.headers["Cache-Control"] == "no-store"
    assert "<form" not in looked.text

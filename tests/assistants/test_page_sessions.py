"""The secret that opens a request's page, before somebody signs in there and after."""

from pathlib import Path

import httpx

from tests.assistants.walking import Walk, answered
from tests.house import PASSWORD, House, granted_scopes
from tests.verifier.serving import Served, serving


def test_whoever_planted_the_cookie_has_not_signed_in_with_its_owner(walk: Walk) -> None:
    walk.register()
    before = cookie(walk.authorize())
    signed_in = walk.press_only("sign_in", email="alice@acme.example", password=PASSWORD)
    after = cookie(signed_in)
    assert after != before
    assert "What it may do" in walk.look().text
    # What was in the browser before still opens the page, as nobody's.
    with walk.with_cookie(before) as planted:
        assert "Sign in to decide" in planted.look().text
        assert "alice" not in planted.html
        granted: dict[str, str | list[str]] = {
            "scope": ["events:read"],
            "lifetime": "30d",
            "workspace": "acme-events",
        }
        for button in ("approve", "deny", "sign_out"):
            planted.press_only(button, **granted)
            assert planted.look().status_code == 200
        assert "What it may do" in walk.look().text, "and it took nothing from her"
        answer = walk.approve()
        assert (answer.status_code, bool(walk.code)) == (200, True)
        assert cookie(answer) not in (before, after)
        assert "code" not in answered(planted.look())


def test_between_yes_and_going_on_nobody_else_picks_the_answer_up(walk: Walk) -> None:
    """As when the page is closed in between: the answer waits for whoever said yes."""
    walk.register()
    before = cookie(walk.authorize())
    walk.sign_in()
    store, ask_id = walk.served.house.store, walk.page[-12:]
    store.authorization_requests.approve(
        walk.served.house.alice, ask_id, granted_scopes("events:read"), "30d"
    )
    with walk.with_cookie(before) as planted:
        assert "code" not in answered(planted.look())
    assert "code" in answered(walk.look())


def test_signing_out_ends_what_signing_in_gave(walk: Walk) -> None:
    walk.register()
    walk.authorize()
    mine = cookie(walk.press_only("sign_in", email="alice@acme.example", password=PASSWORD))
    with walk.with_cookie(mine) as kept:
        assert "What it may do" in kept.look().text
        walk.look()
        walk.press("sign_out")
        assert "Sign in to decide" in walk.html
        assert "Sign in to decide" in kept.look().text


def test_two_tabs_and_a_second_click_end_nowhere(walk: Walk) -> None:
    """Browsers say where a form comes from; what an older tab sends is answered by the page."""
    walk.register()
    walk.authorize()
    browser = {"Origin": walk.base, "Sec-Fetch-Site": "same-origin"}
    older = walk.html
    walk.sign_in()
    walk.browser.headers.update(browser)
    walk.html, newer = older, walk.html
    assert "What it may do" in walk.sign_in().text, "signed in already, in the other tab"
    walk.html = older
    assert "What it may do" in walk.press("sign_out").text, "that button was of another page"
    walk.press("sign_out")
    walk.html = newer
    assert "Sign in to decide" in walk.approve().text, "signed out, in the other tab"
    walk.sign_in()
    token = walk.html
    assert walk.approve().status_code == 200
    walk.html = token
    assert "This request is done" in walk.approve().text


def test_under_tls_no_other_site_can_plant_the_cookie(own_house: House, tmp_path: Path) -> None:
    url = "https://keys.example"
    with (
        serving(own_house, tmp_path / "stderr", public_url=url) as server,
        server.client() as client,
    ):
        walk = Walk(Served(own_house, server, client), client)
        walk.register()
        answer = client.get("/oauth/authorize", params=walk.wanted(resource=f"{url}/mcp"))
        brought = answer.headers["Set-Cookie"]
        name, _, rest = brought.partition("=")
        assert name == f"__Host-keydeck_ask_{answer.headers['Location'][-12:]}"
        attributes = {one.strip() for one in rest.split(";")[1:]}
        assert {"Secure", "Path=/", "HttpOnly", "SameSite=Lax"} <= attributes
        assert not any(one.startswith("Domain") for one in attributes)
        page = answer.headers["Location"].removeprefix(url)
        secret = rest.partition(";")[0]
        assert client.get(page, headers={"Cookie": f"{name}={secret}"}).status_code == 200
        planted = f"{name.removeprefix('__Host-')}={secret}"
        assert client.get(page, headers={"Cookie": planted}).status_code == 403


def cookie(answer: httpx.Response) -> str:
    """Return what an answer gives a browser to open the page with."""
    return answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]

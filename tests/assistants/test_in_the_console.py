"""An assistant approved, and ended, in a console in a real terminal; its page says nothing more."""

import html
import re

from tests.assistants.walking import Walk, answered
from tests.house import House
from tests.terminal.making import sign_in
from tests.terminal.screen import sitting

CODE = re.compile(r"[B-Z]{4}-[B-Z]{4}")


def test_a_code_typed_into_the_console_connects_and_revoking_there_ends_the_next_call(
    own_walk: Walk,
) -> None:
    house: House = own_walk.served.house
    own_walk.register()
    own_walk.authorize()
    code = CODE.search(own_walk.html)
    assert code is not None
    waiting = f"{own_walk.page}&wait=1"
    assert waiting.removeprefix(own_walk.base) in html.unescape(own_walk.html)
    page = own_walk.browser.get(waiting)
    assert '<meta http-equiv="refresh" content="3">' in page.text
    assert code[0] in page.text
    folder = house.pepper_path.parent
    pepper = str(house.pepper_path)
    with sitting(
        folder, KEYDECK_STORE=house.url, KEYDECK_PEPPER_FILE=pepper, KEYDECK_WORKSPACE="acme-events"
    ) as terminal:
        sign_in(terminal)
        terminal.send("2")
        terminal.sees("No assistant is connected yet.")
        terminal.send("a")
        terminal.sees("BCDF-GHJK")
        terminal.line(code[0])
        terminal.sees("127.0.0.1:33418")
        terminal.sees("Cannot create or edit anything.")
        terminal.send("\r")
        terminal.sees("Go on in the browser")
        # The page that waits looks again by itself, and goes on; from elsewhere nobody makes it.
        led = own_walk.browser.get(waiting, headers={"Sec-Fetch-Site": "cross-site"})
        assert answered(led) == {}
        own_walk.code = answered(own_walk.browser.get(waiting))["code"]
        token = own_walk.token().json()["access_token"]
        assert own_walk.call(token).status_code == 200
        terminal.sees("● Active")
        terminal.send("X")
        terminal.sees("Every call of it is refused")
        terminal.line("claude")
        terminal.sees("is revoked: committed")
        assert own_walk.call(token).json()["code"] == "revoked"
        terminal.send("q")
        assert terminal.ended() == 0


def test_the_console_notices_that_the_page_has_decided(own_walk: Walk) -> None:
    house: House = own_walk.served.house
    own_walk.register()
    own_walk.authorize()
    code = CODE.search(own_walk.html)
    assert code is not None
    pepper = str(house.pepper_path)
    with sitting(
        house.pepper_path.parent,
        KEYDECK_STORE=house.url,
        KEYDECK_PEPPER_FILE=pepper,
        KEYDECK_WORKSPACE="acme-events",
    ) as terminal:
        sign_in(terminal)
        terminal.send("2")
        terminal.sees("No assistant is connected yet.")
        terminal.send("a")
        terminal.sees("BCDF-GHJK")
        terminal.line(code[0])
        terminal.sees("Cannot create or edit anything.")
        own_walk.sign_in()
        own_walk.approve("events:read")
        terminal.sees("This request is over: it was decided")
        terminal.sees("◌ Not opened")
        terminal.send("q")
        assert terminal.ended() == 0

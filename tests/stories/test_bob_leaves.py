"""Bob leaves: nothing opens for him from the first step on, and each key he may know is decided."""

import sys

import pytest

from store.domain.key_string import Secret
from store.domain.people import Actor, Role
from tests.house import PASSWORD
from tests.stories.desk import Desk
from tests.terminal.screen import Terminal, surroundings
from tests.verifier.serving import eventually

pytestmark = pytest.mark.sqlite_only

BOB = "bob@acme.example"
MIA = "mia@acme.example"
CONSOLE = [sys.executable, "-m", "console"]


def guest(here: Desk, bob: Actor) -> Terminal:
    """Sit down as sshd's forced command lets Bob in."""
    forced = [
        *("--store", here.house.url, "--pepper-file", str(here.house.pepper_path)),
        *("--workspace", "acme-events", "--guest", str(bob.person_id)),
    ]
    return Terminal([*CONSOLE, *forced], surroundings(here.folder), cwd=here.folder)


def alice(here: Desk, *arguments: str) -> Terminal:
    """Sit down as Alice at a command that asks."""
    environment = surroundings(
        here.folder,
        KEYDECK_STORE=here.house.url,
        KEYDECK_PEPPER_FILE=str(here.house.pepper_path),
        KEYDECK_AS="alice@acme.example",
        KEYDECK_PASSWORD=PASSWORD,
    )
    return Terminal([*CONSOLE, *arguments], environment, columns=140, cwd=here.folder)


def admin(here: Desk, email: str) -> Actor:
    """Let somebody enrol as an admin of Alice's workspace."""
    name = email.partition("@")[0]
    invited = ("people", "add", email, "--name", name, "--role", Role.ADMIN.value)
    code = here.json(*invited)["enrolment_code"]
    return here.house.store.sign_in.enrol(email, Secret(code), Secret(PASSWORD), "acme-events")


def create(here: Desk, name: str, *more: str) -> str:
    """Make a key as Bob and return it."""
    new = ("keys", "create", "--name", name, "--scope", "events:read", *more)
    made: str = here.json(*new, email=BOB)["key"]
    return made


def test_bob_leaves(here: Desk) -> None:
    bob, _ = admin(here, BOB), admin(here, MIA)
    lab, shop, website = (create(here, name) for name in ("Lab", "Shop", "Website"))
    old = create(here, "Zapier")
    # Of this one Bob knows only the secret of before.
    rotated = here.json("keys", "rotate", "Zapier")
    here.keydeck("keys", "revoke", rotated["predecessor"])
    assert here.ask("/verify", website).status_code == 200
    watching = guest(here, bob)
    watching.sees("Website")

    # The first step: Alice has been asked about the first key and has decided nothing.
    leaving = alice(here, "people", "leave", BOB)
    leaving.sees("End the membership")
    leaving.line("y")
    leaving.sees("Lab (rotate")
    assert "Zapier" not in leaving.text
    assert watching.ended() == 3, "a console that was open is no longer his"
    again = guest(here, bob)
    assert again.ended() == 3, "his SSH key opens nothing"
    here.keydeck("keys", "list", email=BOB, exits=3)
    assert here.ask("/verify", shop).status_code == 200, "no key stops before it is decided"

    # Decided about one, and cut off at the second.
    leaving.line("keep")
    leaving.sees("Why it may stay")
    leaving.line("no data in it")
    leaving.sees("Shop (rotate")
    # The blank behind the colon is written by who reads: before, nobody takes the interrupt.
    leaving.wait(lambda _: leaving.raw.endswith(b" "), "the prompt's end")
    leaving.send("\x03")
    assert leaving.ended() == 130
    assert "people offboarding resume" in leaving.text

    # Mia goes on, in her own time.
    [waiting] = here.json("people", "offboarding", "list", email=MIA)
    assert (waiting["email"], waiting["keys"], waiting["waiting"]) == (BOB, 3, 2)
    successor = here.json(
        *("people", "offboarding", "rotate", BOB, "Shop", "--overlap", "1s"), email=MIA
    )
    new = successor["key"]
    assert here.ask("/verify", new).status_code == 200
    done = here.json("people", "offboarding", "revoke", BOB, "Website", email=MIA)
    assert (done["waiting"], done["finished_by"]) == (0, MIA)

    answers = {
        name: here.ask("/verify", key).json().get("code", "valid")
        for name, key in (("Lab", lab), ("Website", website), ("Zapier", old))
    }
    assert answers == {"Lab": "valid", "Website": "revoked", "Zapier": "revoked"}
    eventually(lambda: here.ask("/verify", shop).json().get("code") == "expired")
    assert here.ask("/verify", new).status_code == 200

    ticket = here.keydeck("people", "offboarding", "show", BOB, "--markdown", "-").stdout
    assert "kept: no data in it" in ticket
    assert all(key not in ticket for key in (lab, shop, website, old, new))
    told = here.json("audit")[0:8]
    offboarded = next(one for one in told if one["action"] == "person.offboarded")
    assert offboarded["details"]["rotated"] == ["Shop"]
    assert offboarded["details"]["kept"] == ["Lab (no data in it)"]
    here.keydeck("audit", "verify")

"""Assistants whose id is an address: shipped ones, added ones, unknown ones, and false ones."""

import html
import re

import pytest

from store.domain.people import Role
from tests.assistants.walking import Walk, answered
from tests.documents import ADDRESS, document
from tests.house import PASSWORD
from tests.verifier.serving import Served

pytestmark = pytest.mark.both_engines

CODE = "https://claude.ai/oauth/claude-code-client-metadata"
BACK = "https://desk.example/back"


def shown(text: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.partition("<main>")[2])).split())


def test_the_metadata_says_that_addresses_are_taken(own_walk: Walk) -> None:
    said = own_walk.browser.get("/.well-known/oauth-authorization-server").json()
    assert said["client_id_metadata_document_supported"] is True
    # Without it, assistants of the web register all the same.
    assert "none" in said["token_endpoint_auth_methods_supported"]


@pytest.mark.parametrize("port", [3118, 50123])
def test_a_shipped_assistant_is_connected_by_its_address_at_whatever_port_is_free(
    own_walk: Walk, own: Served, port: int
) -> None:
    walk, back = own_walk, f"http://localhost:{port}/callback"
    walk.client_id = CODE
    assert walk.authorize(redirect_uri=back).status_code == 303
    page = shown(walk.html)
    assert page.startswith("keydeck claude.ai wants to be connected")
    assert f"Says it is {CODE} Answer goes to localhost:{port} Calls itself “Claude Code”" in page
    assert "any program there can ask like this" in page
    walk.sign_in()
    walk.approve("events:read")
    tokens = walk.token(redirect_uri=back).json()
    assert walk.call(tokens["access_token"]).status_code == 200
    assert walk.refresh(tokens["refresh_token"]).status_code == 200
    [made] = own.house.store.connections.all(own.house.alice)
    assert (made.name, made.client_id, made.redirect_host, made.goes_by) == (
        "Claude Code",
        CODE,
        f"localhost:{port}",
        "claude.ai",
    )


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "back", ["https://evil.example/back", "http://localhost/other", "http://127.0.0.2/callback"]
)
def test_no_answer_goes_anywhere_that_the_document_does_not_say(own_walk: Walk, back: str) -> None:
    own_walk.client_id = CODE
    said = own_walk.authorize(redirect_uri=back).text
    assert "wants its answer somewhere else" in said
    # Documents change: that is told with what to do.
    assert f"<code>keydeck connections clients add {CODE}</code>" in said


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "client_id",
    [
        ADDRESS,
        f"{CODE}/",
        f"{CODE}?x=1",
        "https://claude.ai/oauth/other",
        "https://claude.ai.evil.example/oauth/claude-code-client-metadata",
    ],
)
def test_an_unknown_address_says_whom_to_ask_and_by_which_command(
    own_walk: Walk, client_id: str
) -> None:
    own_walk.client_id = client_id
    answer = own_walk.authorize()
    page = shown(answer.text)
    assert answer.status_code == 403
    assert f"{client_id.split('/')[2]} is not known here" in page
    assert "An admin lets it ask with keydeck connections clients add " in page
    assert client_id in page
    assert "<code>keydeck connections clients add " in answer.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "client_id",
    [
        CODE.replace("claude.ai", "Claude.ai"),
        CODE.replace("claude.ai", "claude.ai:443"),
        CODE.replace("claude.ai", "me@claude.ai"),
        f"{CODE}#x",
        CODE.replace("https", "HTTPS"),
        CODE.replace("https", "http"),
        "https://127.0.0.1/client.json",
        "https://2130706433/client.json",
        "https://[::ffff:7f00:1]/client.json",
        "https://localhost/client.json",
        "https://desk.example/</p><script>x</script>",
        "javascript://desk.example/%0aalert(1)",
    ],
)
def test_an_address_that_is_none_is_nobodys(own_walk: Walk, client_id: str) -> None:
    own_walk.client_id = client_id
    answer = own_walk.authorize()
    assert answer.status_code == 400
    assert "This assistant's id is no address" in shown(answer.text)
    assert "<script" not in answer.text


def test_an_added_assistant_is_approved_as_it_was_known_whatever_it_says_afterwards(
    own_walk: Walk, own: Served
) -> None:
    store, alice = own.house.store, own.house.alice
    store.client_documents.add(alice, document(), ADDRESS)
    own_walk.client_id = ADDRESS
    assert own_walk.authorize(redirect_uri=BACK).status_code == 303
    own_walk.sign_in()
    assert "desk.example wants to be connected" in shown(own_walk.html)
    assert "Where the answer goes is certain" in shown(own_walk.html)
    own_walk.approve("events:read")
    # It says that it is somebody else, then is not known any more: nobody asks it again.
    changed = document(client_name="Other", redirect_uris=["https://evil.example/back"])
    store.client_documents.add(alice, changed, ADDRESS)
    store.client_documents.remove(alice, ADDRESS)
    tokens = own_walk.token(redirect_uri=BACK)
    assert tokens.status_code == 200
    assert own_walk.call(tokens.json()["access_token"]).status_code == 200
    assert own_walk.refresh(tokens.json()["refresh_token"]).status_code == 200
    [made] = store.connections.all(alice)
    assert (made.name, made.redirect_host) == ("Desk", "desk.example")
    assert "not known here" in shown(own_walk.authorize(redirect_uri=BACK).text)


def test_a_document_that_changes_before_the_yes_is_asked_about_anew(
    own_walk: Walk, own: Served
) -> None:
    store, alice = own.house.store, own.house.alice
    store.client_documents.add(alice, document(), ADDRESS)
    own_walk.client_id = ADDRESS
    own_walk.authorize(redirect_uri=BACK)
    own_walk.sign_in()
    elsewhere = document(redirect_uris=["https://evil.example/back"])
    store.client_documents.add(alice, elsewhere, ADDRESS)
    refused = own_walk.approve("events:read")
    assert answered(refused) == {}
    assert "keydeck connections clients add" in shown(refused.text)
    assert store.connections.all(alice) == []


def test_what_one_workspace_knows_is_nothing_to_another(own_walk: Walk, own: Served) -> None:
    store, house = own.house.store, own.house
    said = document(client_name="Bobs", redirect_uris=[BACK])
    store.client_documents.add(house.bob, said, ADDRESS)
    assert ADDRESS not in [one.client.id for one in store.client_documents.all(house.alice)]
    own_walk.client_id = ADDRESS
    assert own_walk.authorize(redirect_uri=BACK).status_code == 303
    assert "Bobs" not in own_walk.html
    page = shown(own_walk.sign_in().text)
    assert "keydeck connections clients add" in page
    assert "Bobs" not in page
    own_walk.sign_in("bob@bolt.example", PASSWORD)
    assert "Calls itself “Bobs”" in shown(own_walk.html)


def test_only_admins_on_pro_let_assistants_ask(own: Served) -> None:
    from store.errors import AdminsOnly, ClientIsShipped, NoSuchClient

    store, house = own.house.store, own.house
    mia = house.add_member("mia@acme.example", Role.MEMBER)
    for refused in (
        lambda: store.client_documents.add(mia, document(), ADDRESS),
        lambda: store.client_documents.remove(mia, ADDRESS),
        lambda: store.client_documents.all(mia),
    ):
        with pytest.raises(AdminsOnly):
            refused()
    with pytest.raises(NoSuchClient):
        store.client_documents.remove(house.alice, ADDRESS)
    with pytest.raises(ClientIsShipped):
        store.client_documents.remove(house.alice, CODE)

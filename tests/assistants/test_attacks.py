"""Everything somebody could try with a code, a token, a page or a name, and what it gets them."""

import re

import pytest

from store.domain.people import Plan, Role
from store.domain.redirects import MOST as MOST_ADDRESSES
from store.service.authorization_requests import MOST_ASKED
from store.service.client_registration import MOST_REGISTERED
from tests.assistants.walking import Walk, answered
from tests.house import CALLBACK, granted_scopes
from tests.verifier.serving import eventually

pytestmark = pytest.mark.sqlite_only


def refused(answer: object, error: str) -> None:
    """Check that OAuth refused by a name, and gave nothing."""
    content = answer.json()  # type: ignore[attr-defined]
    assert content["error"] == error
    assert "access_token" not in content


def test_a_code_used_twice_gives_nothing_and_ends_what_it_gave(walk: Walk) -> None:
    tokens = walk.connected()
    assert walk.call(tokens["access_token"]).status_code == 200
    refused(walk.token(), "invalid_grant")
    assert walk.call(tokens["access_token"]).json()["code"] == "revoked"
    refused(walk.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize(
    ("stray", "error"),
    [
        ({"code_verifier": "a" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:33418/callback/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"code": "mcpc_nonsense"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_good_for_nothing_else(
    walk: Walk, stray: dict[str, str | None], error: str
) -> None:
    walk.register()
    walk.authorize()
    walk.sign_in()
    walk.approve()
    refused(walk.token(**stray), error)
    assert walk.token().status_code == 200


def test_a_code_is_good_for_no_other_client(walk: Walk) -> None:
    walk.register()
    walk.authorize()
    walk.sign_in()
    walk.approve()
    mine = walk.client_id
    walk.register("Thief")
    refused(walk.token(), "invalid_grant")
    assert walk.token(client_id=mine).status_code == 200


@pytest.mark.parametrize(
    "stray",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"response_type": "token"},
        {"response_mode": "fragment"},
        {"resource": "https://elsewhere.example/mcp"},
    ],
)
def test_what_cannot_be_approved_is_told_on_a_page_and_sends_nobody_anywhere(
    walk: Walk, stray: dict[str, str | None]
) -> None:
    walk.register()
    answer = walk.authorize(**stray)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "error=" in answer.text, "a way back for whoever wants it"


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:33418/callback/",
        "http://127.0.0.1:33418/callback?x=1",
        "http://127.0.0.1:33418/Callback",
        "http://127.0.0.1:33418/callback#",
        "HTTP://127.0.0.1:33418/callback",
        "http://localhost:33418/callback",
        "http://127.0.0.1:33418/callback/../callback",
        "https://evil.example/callback",
        None,
    ],
)
def test_a_redirect_address_is_compared_letter_by_letter(walk: Walk, uri: str | None) -> None:
    walk.register()
    answer = walk.authorize(redirect_uri=uri)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "href" not in answer.text


def test_a_code_goes_to_the_port_that_was_free_and_is_good_from_there_alone(walk: Walk) -> None:
    walk.register()
    assert walk.authorize(redirect_uri="http://127.0.0.1:50001/callback").status_code == 303
    walk.sign_in()
    assert "127.0.0.1:50001" in walk.html
    assert "url=http://127.0.0.1:50001/callback?code=" in walk.approve().text
    refused(walk.token(), "invalid_grant")
    assert walk.token(redirect_uri="http://127.0.0.1:50001/callback").status_code == 200


def test_a_refresh_token_used_after_its_successor_ends_the_connection(walk: Walk) -> None:
    first = walk.connected()
    # Several windows at once, or an answer that was lost: they all have a pair of their own.
    pairs = [walk.refresh(first["refresh_token"]).json() for _ in range(4)]
    for pair in pairs:
        assert walk.call(pair["access_token"]).status_code == 200
    refused(walk.refresh(first["refresh_token"], client_id="another"), "invalid_grant")
    second = walk.refresh(pairs[0]["refresh_token"]).json()
    refused(walk.refresh(first["refresh_token"]), "invalid_grant")
    for tokens in (first, *pairs, second):
        refused(walk.refresh(tokens["refresh_token"]), "invalid_grant")
    assert walk.call(second["access_token"]).json()["code"] == "revoked"


def test_a_narrowed_connection_is_renewed_with_the_scopes_of_before(walk: Walk) -> None:
    first = walk.connected("events:read quotes:read")
    house = walk.served.house
    connection = house.store.connections.all(house.alice)[0]
    narrowed = granted_scopes("events:read")
    house.store.connections.narrow(house.alice, connection.id, narrowed).unpack()
    second = walk.refresh(first["refresh_token"], scope=f"{first['scope']} offline_access").json()
    assert second["scope"] == "events:read"
    refused(walk.refresh(second["refresh_token"], scope="quotes:read"), "invalid_scope")
    assert walk.refresh(second["refresh_token"], scope="openid").json()["scope"] == "events:read"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_whoever_asks_first_without_a_token_is_told_where_to_begin(walk: Walk, method: str) -> None:
    answer = walk.served.client.request(method, "/mcp")
    assert answer.status_code == 401
    told = answer.headers["WWW-Authenticate"]
    assert "resource_metadata=" in told
    assert 'scope="availability:read events:read events:write quotes:read quotes:write"' in told
    token = walk.connected()["access_token"]
    answer = walk.served.client.request(
        method, "/mcp", headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/mcp",
    ],
)
def test_the_metadata_is_wherever_it_is_looked_for(walk: Walk, path: str) -> None:
    metadata = walk.served.client.get(path).json()
    assert metadata["issuer"] == walk.base
    assert metadata["token_endpoint"] == f"{walk.base}/oauth/token"


def test_a_page_decides_only_for_workspaces_of_whoever_signed_in(walk: Walk) -> None:
    walk.register()
    walk.authorize()
    walk.sign_in("bob@bolt.example")
    answer = walk.approve(workspace="acme-events")
    assert answer.status_code == 422
    assert walk.served.house.store.connections.all(walk.served.house.bob) == []
    # More than was asked for, by a form that was changed.
    walk.authorize(scope="events:read")
    walk.sign_in()
    assert walk.approve("events:read events:write").status_code == 403


def test_no_member_and_no_free_workspace_can_approve(own_walk: Walk) -> None:
    house = own_walk.served.house
    house.add_member("mia@acme.example")
    own_walk.register()
    own_walk.authorize()
    answer = own_walk.sign_in("mia@acme.example")
    assert (answer.status_code, "no admin of a workspace" in answer.text) == (403, True)
    house.store.operator.set_plan("acme-events", Plan.FREE)
    house.clock.instant += 60_000
    assert "no admin of a workspace" in own_walk.sign_in().text


def test_whoever_was_removed_after_signing_in_approves_nothing(own_walk: Walk) -> None:
    house = own_walk.served.house
    house.add_member("cleo@acme.example", Role.ADMIN)
    own_walk.register()
    own_walk.authorize()
    assert "What it may do" in own_walk.sign_in("cleo@acme.example").text
    house.store.people.leave(house.alice, "cleo@acme.example")
    answer = own_walk.approve()
    assert (answer.status_code, own_walk.code) == (422, "")
    # And one whose yes stands but whose assistant has not come for its tokens yet.
    house.store.people.add(house.alice, "cleo@acme.example", "cleo", Role.ADMIN)
    own_walk.authorize()
    own_walk.sign_in()
    own_walk.approve()
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE memberships SET role = 'member'")
    refused(own_walk.token(), "invalid_grant")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"token": "0" * 64},
    ],
)
def test_a_form_of_another_site_decides_nothing(walk: Walk, headers: dict[str, str]) -> None:
    walk.register()
    walk.authorize()
    walk.sign_in()
    token = re.search(r'name="token" value="([0-9a-f]+)"', walk.html)
    assert token is not None
    form = {
        "do": "approve",
        "token": headers.get("token", token[1]),
        "scope": "events:read",
        "lifetime": "30d",
        "workspace": "acme-events",
    }
    sent = {name: value for name, value in headers.items() if name != "token"}
    answer = walk.browser.post(walk.page, data=form, headers=sent)
    assert (answer.status_code, "Location" in answer.headers) == (403, False)
    assert "What it may do" in walk.look().text


def test_a_page_opens_in_the_browser_that_brought_it_and_nowhere_else(walk: Walk) -> None:
    walk.register()
    walk.authorize()
    for cookie in ("", f"keydeck_ask_{walk.page[-12:]}=guessed"):
        answer = walk.served.client.get(walk.page, headers={"Cookie": cookie})
        assert answer.status_code in (403, 404)
        assert "Claude" not in answer.text


def test_a_page_cannot_be_framed_runs_nothing_and_escapes_what_an_assistant_calls_itself(
    walk: Walk,
) -> None:
    walk.register("<script>alert(1)</script>")
    brought = walk.authorize()
    cookie = brought.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    answer = walk.look()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "form-action 'self';" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_token_in_the_address_is_refused_and_says_so(walk: Walk) -> None:
    token = walk.connected()["access_token"]
    answer = walk.served.client.post(f"/mcp?access_token={token}", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert token not in answer.text
    assert walk.served.server.said().count(token) == 0


def test_an_access_token_is_good_at_its_own_server_and_a_key_is_not(walk: Walk) -> None:
    tokens = walk.connected("events:read")
    for path in ("/events", "/verify"):
        answer = walk.served.ask(path, tokens["access_token"])
        assert (answer.status_code, answer.json()["code"]) == (401, "malformed")
    for no_token in (walk.served.key("events:read"), tokens["refresh_token"], "x", None):
        answer = walk.call(no_token)
        assert answer.status_code == 401
        assert "resource_metadata=" in answer.headers["WWW-Authenticate"]
    # One that was given for another resource.
    house = walk.served.house
    of_table = "" if house.store.database.on_sqlite else " ON connections"
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER connections_keep_their_identity{of_table}")
        connection.exec_driver_sql("UPDATE connections SET resource = 'https://old.example/mcp'")
    assert walk.call(tokens["access_token"]).json()["code"] == "unknown"


def test_pages_of_other_origins_get_no_answer_from_the_protocol(walk: Walk) -> None:
    token = walk.connected()["access_token"]
    headers = {"Origin": "https://evil.example", "Authorization": f"Bearer {token}"}
    assert walk.served.client.post("/mcp", json={}, headers=headers).status_code == 403


def test_a_network_registers_and_asks_only_so_often(own_walk: Walk) -> None:
    statuses = [own_walk.register(f"Flood {number}").status_code for number in range(35)]
    assert statuses.count(201) == MOST_REGISTERED
    assert statuses[-1] == 429
    asked = [own_walk.authorize().status_code for _ in range(MOST_ASKED + 3)]
    assert asked.count(303) == MOST_ASKED
    assert asked[-1] == 429


@pytest.mark.parametrize(
    "said",
    [
        {"redirect_uris": []},
        {"redirect_uris": [CALLBACK] * (MOST_ADDRESSES + 1)},
        {"redirect_uris": ["http://evil.example/cb"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": [CALLBACK], "grant_types": ["password"]},
        {"redirect_uris": [CALLBACK], "client_name": "\x1b]52;c;ZXZpbA==\x07"},
        {"redirect_uris": [CALLBACK], "client_name": "Claude \u202e(kcedyek yb devorppa)"},
        {"redirect_uris": [CALLBACK], "client_name": "Cla\u200bude"},
        {"client_name": "no address"},
        [],
    ],
)
def test_a_registration_that_could_do_harm_is_refused(walk: Walk, said: object) -> None:
    answer = walk.browser.post("/oauth/register", json=said)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_redirect_uri", "invalid_client_metadata")


def test_a_revocation_is_in_force_with_the_next_call(walk: Walk) -> None:
    house = walk.served.house
    for _ in range(5):
        token = walk.connected("events:read")["access_token"]
        assert walk.call(token).status_code == 200
        newest = house.store.connections.all(house.alice)[0]
        house.store.connections.revoke(house.alice, newest.id)
        answer = walk.call(token)
        assert (answer.status_code, answer.json()["code"]) == (401, "revoked")


def test_a_refused_call_names_the_scope_counts_and_can_be_explained(walk: Walk) -> None:
    house = walk.served.house
    token = walk.connected("events:read")["access_token"]
    answer = walk.call(token, "create_event", name="Gala")
    result = answer.json()["result"]
    assert result["isError"]
    assert "events:write" in result["content"][0]["text"]
    request_id = answer.headers["X-Request-Id"]
    connection = house.store.connections.all(house.alice)[0]

    def explained() -> bool:
        decision = house.store.why.explain(house.alice, request_id)
        return decision.connection == house.store.connections.show(house.alice, connection.id)

    eventually(explained)
    usage = house.store.connections.details(house.alice, connection.id).usage
    assert [one.request_id for one in usage.refusals] == [request_id]
    assert walk.call(token, "list_events", limit=0).json()["result"]["isError"]
    assert walk.call(token, "nothing").json()["error"]["code"] == -32602


def test_denying_tells_the_assistant_so_and_makes_nothing(own_walk: Walk) -> None:
    own_walk.register()
    own_walk.authorize()
    back = answered(own_walk.press("deny"))
    assert back == {"error": "access_denied", "state": "af0ifjsldkj", "iss": own_walk.base}
    assert own_walk.served.house.store.connections.all(own_walk.served.house.alice) == []
    assert "This request is done" in own_walk.look().text

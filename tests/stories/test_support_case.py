"""A customer quotes a request id, and whoever is on duty knows what to answer."""

from store.domain.key_string import mint
from tests.stories.desk import Desk
from tests.verifier.serving import eventually


def test_a_support_case_is_solved_from_its_request_id(here: Desk) -> None:
    key = here.json("keys", "create", "--name", "Zapier", "--scope", "events:read")
    refused = here.ask("/events", key["key"], method="POST", json={"name": "Gala"})
    quoted = refused.json()["request_id"]
    assert refused.headers["x-request-id"] == quoted

    def written() -> bool:
        return bool(here.json("keys", "usage", "Zapier")["refusals"])

    eventually(written)
    told = here.json("why", quoted)
    assert (told["outcome"], told["key"]["name"]) == ("scope", "Zapier")
    assert [one["result"] for one in told["steps"]] == [
        *(["passed"] * 9),
        *("stopped", "not reached"),
    ]
    assert told["refusal"]["path"] == "/api/v1/events"
    assert here.keydeck("can", "Zapier", "POST", "/api/v1/events", exits=1).stdout == (
        "no: scope (it needs events:write)\n"
    )

    here.keydeck("keys", "scope", "Zapier", "--scope", "events:read", "--scope", "events:write")
    here.keydeck("can", "Zapier", "POST", "/api/v1/events")
    assert here.ask("/events", key["key"], method="POST", json={}).status_code == 422


# It has no row on either engine.
def test_a_refusal_that_left_no_row_is_told_from_its_id_alone(here: Desk) -> None:
    key = here.house.create("Website").secret.reveal()
    mistyped = key[:-1] + ("a" if key[-1] != "a" else "b")
    other = {"Authorization": f"Basic {key}"}
    for presented, headers, outcome, stopped in (
        (None, {}, "missing", "read"),
        (None, other, "scheme", "read"),
        ("garbage", {}, "malformed", "shape"),
        (mistyped, {}, "checksum", "checksum"),
        (mint("jw").key.reveal(), {}, "unknown", None),
    ):
        answer = here.ask("/verify", presented, headers=headers)
        told = here.json("why", answer.headers["x-request-id"])
        ended = [one["step"] for one in told["steps"] if one["result"] == "stopped"]
        assert (told["outcome"], ended) == (outcome, [stopped] if stopped else [])
        assert told["key"] is None
        assert told["advice"]
    # Neither the id nor the explanation says whether an id exists or its secret was wrong.
    untold = [one["step"] for one in told["steps"] if one["result"] == "untold"]
    assert untold == ["found", "secret"]
    wrong = answer.headers["x-request-id"][:-1] + "!"
    assert "no request id of this store" in here.keydeck("why", wrong, exits=4).stderr


def test_another_workspaces_refusal_looks_like_one_without_a_row(here: Desk) -> None:
    bolts = here.house.create("Secret project", "availability:read", here.house.bob)
    refused = here.ask("/events", bolts.secret.reveal()).json()["request_id"]

    def written() -> bool:
        return bool(here.json("why", refused, email="bob@bolt.example")["key"])

    eventually(written)
    told = here.keydeck("why", refused, "--json").stdout
    assert "Secret project" not in told
    assert bolts.key.id not in told
    assert here.json("why", refused)["advice"][0].startswith("Its key is of no workspace")

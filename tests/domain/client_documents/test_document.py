"""What a document is believed, and what makes it none."""

import json

import pytest

from store.domain.client_documents.document import LONGEST, read_document
from store.domain.connections import Client
from store.errors import Invalid
from tests.documents import ADDRESS, document


def test_a_document_says_its_name_and_where_its_answers_go() -> None:
    said = document(redirect_uris=["https://desk.example/back", "http://127.0.0.1/callback"])
    found = read_document(said, ADDRESS, 7)
    assert found == Client(
        ADDRESS, "Desk", ("https://desk.example/back", "http://127.0.0.1/callback"), 7
    )
    assert found.may_be_answered_at("http://127.0.0.1:50123/callback")


@pytest.mark.parametrize(
    "said",
    [
        document(token_endpoint_auth_methods_supported=["none", "private_key_jwt"]).replace(
            b'"token_endpoint_auth_method": "none"', b'"token_endpoint_auth_method": "x"'
        ),
        document(jwks={"keys": [{"kty": "EC", "x": "x", "y": "y"}]}, jwks_uri="javascript:x"),
        document(grant_types=["authorization_code", "urn:x:device_code"]),
        document().replace(b'"client_name": "Desk", ', b"").replace(b"desk.example/back", b"x.yz/"),
        document() + b" " * (LONGEST - len(document())),
    ],
)
def test_what_matters_to_nobody_here_is_left_alone(said: bytes) -> None:
    assert read_document(said, ADDRESS, 0).id == ADDRESS


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (document() + b" " * (LONGEST + 1 - len(document())), "more than 5120 bytes"),
        (b"", "no JSON"),
        (b"[]", "no JSON object"),
        (b"\xff\xfe{}", "no JSON in UTF-8"),
        (b"[" * 5000, "no JSON"),
        (document("https://other.example/client.json"), "another's"),
        (document(f"{ADDRESS}/"), "another's"),
        (document(client_id=None), "another's"),
        (document(client_id=[ADDRESS]), "another's"),
        (document().replace(b"{", b'{"client_id": "https://evil.example/c", ', 1), "twice"),
        (document(client_secret="x"), "secret"),
        (document(client_secret_expires_at=0), "secret"),
        (document(token_endpoint_auth_method="client_secret_basic"), "none"),
        (document(token_endpoint_auth_method=None), "none"),
        (document(token_endpoint_auth_method="private_key_jwt"), "none"),
        (document(jwks={"keys": [{"kty": "EC", "d": "x"}]}), "private key"),
        (document(jwks={"keys": [{"kty": "oct", "k": "x"}]}), "private key"),
        (document(redirect_uris=[]), "redirect_uris"),
        (document(redirect_uris=None), "redirect_uris"),
        (document(redirect_uris="https://desk.example/back"), "redirect_uris"),
        (document(redirect_uris=[7]), "redirect_uris"),
        (document(redirect_uris=[f"https://desk.example/{n}" for n in range(11)]), "redirect_uris"),
        (document(redirect_uris=["http://desk.example/back"]), "use https"),
        (document(redirect_uris=["javascript:alert(1)"]), "scheme"),
        (document(redirect_uris=["https://a@desk.example/"]), "user"),
        (document(redirect_uris=["https://desk.example/#a"]), "no address has"),
        (document(client_name="Claude\u202e"), "invisible"),
        (document(client_name="\x1b]52;c;eA==\x07"), "control"),
        (document(client_name=7), "no text"),
        (document(grant_types=["client_credentials"]), "authorization_code"),
        (document(grant_types="authorization_code"), "authorization_code"),
        (document(response_types=["token"]), "response_types"),
    ],
)
def test_a_document_that_is_not_what_it_should_be_is_refused(said: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read_document(said, ADDRESS, 0)


def test_what_is_handed_over_is_of_an_address_that_is_one() -> None:
    said = json.dumps({"client_id": "http://desk.example/c", "redirect_uris": ["https://a.bc/"]})
    with pytest.raises(Invalid, match="https://example"):
        read_document(said.encode(), "http://desk.example/c", 0)

"""What a verifier answered, as an application has it."""

from store.client.answer import BELONGING, IDENTITY, answered


def test_an_application_may_keep_things_by_whose_key_it_is() -> None:
    values = [b"4fQ2x", b"Website", b"events:read", b"acme", b"mia", b"team=north%20pole"]
    headers = list(zip((*IDENTITY, *BELONGING), values, strict=True))
    one, same = answered(200, headers, b""), answered(200, headers, b"")
    other = answered(200, [*headers[:-1], (BELONGING[1], b"team=b")], b"")
    assert {one: "first"} | {same: "second", other: "other"} == {one: "second", other: "other"}

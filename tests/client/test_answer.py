"""What a verifier answered, as an application has it."""

from store.client.answer import BELONGING, IDENTITY, Identity, answered


def test_an_application_may_keep_things_by_whose_key_it_is() -> None:
    values = [b"4fQ2x", b"Website", b"events:read", b"acme", b"mia", b"team=north%20pole"]
    headers = list(zip((*IDENTITY, *BELONGING), values, strict=True))
    one, same = answered(200, headers, b""), answered(200, headers, b"")
    other = answered(200, [*headers[:-1], (BELONGING[1], b"team=b")], b"")
    assert {one: "first"} | {same: "second", other: "other"} == {one: "second", other: "other"}


def test_limits_are_told_beside_those_of_the_answer_and_an_end_where_it_names_none() -> None:
    notices = ((b"sunset", b"a"), (b"deprecation", b"b"), (b"ratelimit", b"c"))
    identity = Identity("", "", (), "", "", (), notices=notices)
    assert identity.missing_in([(b"RateLimit", b""), (b"Sunset", b"")]) == notices[1:]
    assert identity.missing_in(()) == notices

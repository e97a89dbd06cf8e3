"""The header parser and the decision behind it, on whatever can be thought of."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from store.credentials.peppers import Peppers
from store.domain.clock import FixedClock
from store.domain.credential import Credential
from store.domain.decision import NOTHING
from store.domain.key_string import ALPHABET, mint
from store.domain.verdicts import Verdict
from store.verifier.bearer import Flaw, challenge, read
from store.verifier.verify import verify

_NOW = 1_800_000_000_000
_PEPPERS = Peppers([b"p" * 32])
_MINTED = mint("jw")
_ROW = Credential(
    *(_MINTED.id, 1, "acme", "pro", "Website"),
    _PEPPERS.digest(_MINTED.key, _PEPPERS.newest),
    *(_PEPPERS.newest, "events:read", None, None),
)

values = st.binary(max_size=200)
names = st.sampled_from([b"authorization", b"host", b"x-authorization", b"cookie"])
headers = st.lists(st.tuples(names, values), max_size=6)
keyish = st.text(ALPHABET + "_-. ", max_size=80).map(str.encode)


def verdict_of(presented: str) -> Verdict:
    """Decide about a string where every id leads to the one key there is."""
    return verify(
        presented,
        prefix="jw",
        find=lambda key_id: _ROW,
        peppers=_PEPPERS,
        request=NOTHING,
        clock=FixedClock(_NOW),
    ).verdict


@given(headers, st.binary(max_size=200))
def test_whatever_is_sent_is_a_flaw_or_a_string(
    sent: list[tuple[bytes, bytes]], query: bytes
) -> None:
    found = read(sent, query)
    given_values = [value for name, value in sent if name == b"authorization"]
    if len(given_values) > 1:
        assert found is Flaw.SEVERAL
    elif isinstance(found, str):
        # Nothing is made up: what is read stands in the header.
        assert found.encode("latin-1") in given_values[0]
    elif found is Flaw.MISSING:
        assert not given_values or not given_values[0].strip(b" \t").partition(b" ")[0]


@given(values)
@example(_MINTED.key.reveal().encode()[:-1])
@example(_MINTED.key.reveal().encode() + b"\x00")
@example(_MINTED.key.reveal().encode().swapcase())
@example(b" ")
def test_no_bytes_but_a_keys_own_are_let_in(value: bytes) -> None:
    found = read([(b"authorization", b"Bearer " + value)], b"")
    assert isinstance(found, str)
    good = value.strip(b" \t") == _MINTED.key.reveal().encode()
    assert (verdict_of(found) is Verdict.VALID) == good


@given(st.integers(0, 64), st.integers(0, 255))
def test_a_key_with_one_byte_changed_is_refused_before_anything_is_read(
    place: int, byte: int
) -> None:
    key = bytearray(_MINTED.key.reveal().encode())
    changed = key[place] != byte
    key[place] = byte
    expected = Verdict.MALFORMED if changed else Verdict.VALID
    assert verdict_of(key.decode("latin-1")) is expected


@given(
    st.sampled_from([b"Bearer", b"bearer", b"BEARER", b"bEaReR"]),
    st.integers(1, 5),
    st.sampled_from([b"", b" ", b"\t", b"  \t"]),
)
def test_the_schemes_case_and_the_blanks_around_do_not_matter(
    scheme: bytes, blanks: int, after: bytes
) -> None:
    value = after + scheme + b" " * blanks + _MINTED.key.reveal().encode() + after
    assert read([(b"authorization", value)], b"") == _MINTED.key.reveal()


@given(keyish, keyish)
def test_a_key_in_the_query_is_seen_wherever_it_stands(before: bytes, after: bytes) -> None:
    key = _MINTED.key.reveal().encode()
    escaped = b"".join(b"%%%02x" % byte for byte in key)
    for inside in (key, escaped):
        query = before + b"&x=" + inside + b"&" + after
        assert read([(b"authorization", b"Bearer x")], query) is Flaw.IN_QUERY


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_challenge_holds_nothing_that_ends_its_quotes_or_its_line(
    description: str, scope: str
) -> None:
    said = challenge("invalid_token", description=description, scope=scope)
    quoted = rb'"[\x20-\x21\x23-\x5b\x5d-\x7e]*"'
    assert re.fullmatch(
        rb"Bearer realm=%s, error=%s, error_description=%s, scope=%s" % ((quoted,) * 4), said
    )

"""Another parser reads the same bytes the same way: ours beside h11, before the same answers."""

from collections.abc import Iterator

import pytest

from tests.house import House
from tests.memory import in_memory
from tests.wire.accounting import everything, used
from tests.wire.comparing import compare, fuzz
from tests.wire.differences import LATE, REFUSED, RETOLD, Refused, Retold, Unexplained
from tests.wire.grammar import FORGED
from tests.wire.requests import Request, Script
from tests.wire.stand import Stand, stand

EXAMPLES = 150


@pytest.fixture(scope="module")
def both(sqlite_pattern: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with in_memory() as folder, stand(sqlite_pattern, folder) as made:
        yield made


def test_whatever_is_sent_is_read_as_h11_reads_it_or_differs_for_a_reason(
    sqlite_pattern: House,
) -> None:
    with in_memory() as folder, stand(sqlite_pattern, folder) as both:
        assert fuzz(both, EXAMPLES)["alike"] > EXAMPLES / 2
        house = both.ours.house
        both.ours.server.end()
        assert used(house, "trailing") == {}
        assert FORGED not in everything(house)


@pytest.mark.parametrize("difference", REFUSED, ids=lambda one: one.what)
def test_what_we_alone_refuse_is_refused(difference: Refused, both: Stand) -> None:
    script = Script((Request.raw(difference.example),))
    assert compare(both, script) == difference.what


@pytest.mark.parametrize(
    "line", [b"X-Spaced ", b"X(", b"Transfer-Encoding: chunked\r\n\r\n0x"], ids=repr
)
def test_what_can_become_no_request_is_refused_before_its_line_ends(
    line: bytes, both: Stand
) -> None:
    begun = b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\n"
    assert compare(both, Script((Request.raw(begun + line),))) == LATE


@pytest.mark.parametrize("difference", RETOLD, ids=lambda one: one.what)
def test_what_h11_is_told_in_other_words_it_would_not_have_known(
    difference: Retold, both: Stand
) -> None:
    script = Script((Request.read(difference.example),))
    assert compare(both, script, difference.retell) is None
    with pytest.raises(Unexplained):
        compare(both, script, lambda one: one)

"""Requests that are cut in two, anywhere: what they mean does not depend on it.

At every byte where a line ends, and at every third of the others: the next begins a byte later.
"""

from collections.abc import Iterator

import pytest

from tests.house import House
from tests.memory import in_memory
from tests.wire.attacks import refused_at_once, with_their_own_key
from tests.wire.comparing import compare
from tests.wire.requests import Script
from tests.wire.stand import Keys, Stand, stand

_NOBODY = Keys("", "", "", "")


@pytest.fixture(scope="module")
def both(sqlite_pattern: House) -> Iterator[Stand]:
    with in_memory() as folder, stand(sqlite_pattern, folder) as made:
        yield made


@pytest.mark.parametrize(("first", "name"), enumerate(with_their_own_key(_NOBODY)))
def test_a_request_means_the_same_wherever_it_is_cut(first: int, name: str, both: Stand) -> None:
    script = with_their_own_key(both.keys)[name]
    assert compare(both, script) is None
    whole = both.ours.hear(script.segments()).final
    assert len(whole.answers) == len(script.requests)
    assert whole.answers[0].status in (200, 422)
    for cut in _cuts(script, first):
        assert both.ours.hear(cut.segments()).final == whole, f"\n{cut}"


@pytest.mark.parametrize(("first", "name"), enumerate(refused_at_once(_NOBODY)))
def test_what_is_refused_is_read_as_h11_reads_it_wherever_it_is_cut(
    first: int, name: str, both: Stand
) -> None:
    script = refused_at_once(both.keys)[name]
    for cut in _cuts(script, first):
        assert compare(both, cut) is None, f"\n{cut}"


def _cuts(script: Script, first: int) -> Iterator[Script]:
    sent = b"".join(script.segments())
    for at in range(1, len(sent)):
        if at % 3 == first % 3 or set(sent[at - 1 : at + 1]) & set(b"\r\n"):
            yield script._replace(cuts=(at,))

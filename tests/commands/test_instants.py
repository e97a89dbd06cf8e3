"""Whatever a command prints of an instant or a length is taken where one is asked for."""

import re
from collections.abc import Iterator

import pytest

from console.commands.reading import READS
from store.domain.times import MINUTE, duration, expiry, past, rfc3339
from store.errors import Invalid
from tests.commands.conftest import Keydeck
from tests.commands.driven import Reader, call
from tests.commands.examples import EVE, furnish
from tests.house import House

LOOKS = (
    "audit",
    "audit export",
    "can Website GET /events/7",
    "connections list",
    "connections refusals Claude",
    "connections show Claude",
    "connections usage Claude",
    "keys due --within 100d",
    "keys list",
    "keys refusals Website",
    "keys show Website",
    "keys unused-scopes",
    "keys usage Website",
    "people list",
    "people offboarding list",
    f"people offboarding show {EVE}",
    "people ssh-keys list",
    "rotations list",
    "rotations show Shop",
    "stops list",
    "verifiers",
    "why Website",
)
NOT_OF_TIME = {
    "audit anchor": "a number and a digest",
    "audit verify": "counts",
    "authorized-keys": "a file of sshd",
    "connections check": "asks an assistant's address",
    "connections clients list": "none is added; as the lists that are",
    "help": "a text for people",
    "limits list": "none is set; its windows are lengths of their own, 100/1m",
    "proxy check": "asks a proxy",
    "proxy recipe": "a file of another program",
    "resources list": "names",
    "routes list": "names",
    "routes test": "names",
    "store check": "counts",
    "store grants": "SQL",
    "tools list": "names",
    "tools test": "asks an API",
}
WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[^\s\",]*")
SHOWN = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}(?: \(?\d\d:\d\d[\d:.]*(?: UTC)?\)?)?")
DISTANCE = re.compile(r"\b(?:in )?\d+ (?:s|min|h|d|mo|y)\b(?: ago)?")


class Kept(Reader):
    """Standard output that is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def write(self, text: str) -> int:
        """Keep it."""
        self.text += text
        return len(text)


def printed(house: House) -> Iterator[tuple[str, str]]:
    """Yield what each command that looks prints, as text and as JSON, with its words."""
    for words in LOOKS:
        for as_json in ((), ("--json",)):
            if words != "audit export" or not as_json:
                kept = Kept()
                call(house, [*words.split(), *as_json], kept)
                yield words, kept.text


def test_every_command_that_looks_is_looked_at() -> None:
    named = {one for one in READS for words in LOOKS if f"{words} ".startswith(f"{one} ")}
    assert named | set(NOT_OF_TIME) == READS


@pytest.mark.sqlite_only
def test_what_is_printed_of_instants_and_lengths_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYDECK_PEPPER_FILE", str(house.pepper_path))
    furnish(house)
    now = house.clock.now()
    counts = {"written": 0, "shown": 0, "distance": 0}
    for words, text in printed(house):
        for one in WRITTEN.findall(text):
            assert rfc3339(_taken(words, one, now)) == one
            counts["written"] += 1
        for one in SHOWN.findall(text):
            _taken(words, one, now)
            counts["shown"] += 1
        for one in DISTANCE.findall(text):
            length = one.removeprefix("in ").removesuffix(" ago")
            assert duration(length) > 0, (words, one)
            if one.endswith(" ago"):
                # Of what was so long ago nothing is left out, and of before at most one unit.
                before = now - duration(length) - past(one, now)
                assert before == duration(f"1 {length.split()[1]}"), (words, one)
            counts["distance"] += 1
    assert all(number >= 10 for number in counts.values()), counts


def _taken(words: str, one: str, now: int) -> int:
    try:
        return past(one, now)
    except Invalid:
        # It is still to come, and then an expiry.
        instant = expiry(one, now)
    assert instant is not None, (words, one)
    return instant


@pytest.mark.sqlite_only
def test_since_takes_a_length_a_day_an_instant_and_what_is_shown_of_the_past(
    keydeck: Keydeck, house: House
) -> None:
    furnish(house)
    day = rfc3339(house.clock.now())[:10]
    shown = ("2 d ago", "now", "1 Jan 2026 08:00")
    for since in ("30d", *shown, day, rfc3339(house.clock.now() - MINUTE)):
        for of in (("keys", "usage", "Website"), ("connections", "usage", "Claude")):
            assert keydeck(*of, "--since", since).status == 0, (of, since)
    refused = keydeck("keys", "usage", "Website", "--since", "7")
    assert (refused.status, "Write 7d" in refused.err) == (2, True)
    refused = keydeck("keys", "usage", "Website", "--since", "in 90 d")
    assert (refused.status, "in the future" in refused.err) == (2, True)

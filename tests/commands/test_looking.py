"""What a viewer may run, and a member: every command there is, without a store for each."""

import io
from pathlib import Path

import pytest

from console.commands.groups import keydeck as top
from console.commands.reading import READS
from store.domain.key_string import Secret
from store.domain.people import Actor, Role
from store.errors import AdminsOnly, KeydeckError, NotForMembers
from store.operations.store import Store
from tests.commands.driven import Reader, SignedIn, silenced
from tests.commands.examples import EXAMPLES, furnish
from tests.house import House

VERA, MAX = "vera@acme.example", "max@acme.example"
OWN = frozenset({"people accept"})
"""What changes nothing but what is whoever's own who runs it."""
MARKS = frozenset({"scan"})
"""What only looks for a viewer, and writes down what was found for an admin."""
WALKED = frozenset({"people offboarding resume"})
"""What asks at a terminal, and then does as other commands do."""
LAST = "resources sample"
"""What revokes every key before it is tried."""
FOR_MEMBERS = frozenset({"people list"})
"""What even a member may see."""


class TheOperators(Exception):
    """A command that signs nobody in: the store's files are the boundary."""


class Somebody(SignedIn):
    """A command line of whoever is named; what the operator runs without is not run."""

    def __init__(self, house: House, actor: Actor) -> None:
        super().__init__(house)
        self._as = actor
        self.came_in = False

    def store(self) -> Store:
        """Stop at whoever opens the store without signing in."""
        raise TheOperators

    def password(self, *, twice: bool = False, about: str = "") -> Secret:
        """Stop at whoever proves something else than who they are."""
        raise TheOperators

    def signed_in(self, *, anew: bool = False) -> tuple[Store, Actor]:
        """Return the house's store, and that person."""
        self.came_in = True
        return self._house.store, self._as


def refusal(house: House, actor: Actor, words: tuple[str, ...]) -> KeydeckError | bool | None:
    """Run a command as somebody; return what it was refused with, False for the operator's."""
    line = Somebody(house, actor)
    try:
        with silenced(Reader()):
            top.main(list(words), standalone_mode=False, obj=line)
    except KeydeckError as error:
        return error
    except TheOperators:
        return False
    return None if line.came_in else False


@pytest.fixture
def furnished(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house with something of everything, in a folder of its own."""
    furnish(house)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KEYDECK_PEPPER_FILE", str(house.pepper_path))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    return house


def test_a_viewer_runs_what_looks_and_is_refused_all_else(furnished: House, tmp_path: Path) -> None:
    house, vera = furnished, furnished.add_member(VERA, Role.VIEWER)
    for name in (*sorted(set(EXAMPLES) - WALKED - {LAST}), LAST):
        words = EXAMPLES[name](house, tmp_path)
        before = house.store.audit_trail.latest(house.alice)
        refused = refusal(house, vera, words)
        if refused is False or name in OWN | MARKS:
            continue
        if name in READS:
            assert refused is None, (name, refused)
        else:
            assert isinstance(refused, AdminsOnly), (name, refused)
            assert not isinstance(refused, NotForMembers), name
        assert house.store.audit_trail.latest(house.alice) == before, name


def test_a_viewer_who_finds_a_leaked_key_hears_of_it_and_marks_nothing(
    furnished: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house, vera = furnished, furnished.add_member(VERA, Role.VIEWER)
    words = EXAMPLES["scan"](house, tmp_path)
    before = house.store.audit_trail.latest(house.alice)
    line = Somebody(house, vera)
    assert top.main(list(words), standalone_mode=False, obj=line) == 1
    told = capsys.readouterr()
    assert "Leaked" in told.out
    assert "“Leaked” is neither marked as leaked nor revoked" in told.err
    assert house.store.audit_trail.latest(house.alice) == before
    assert house.store.keys.show(house.alice, "Leaked").revoked_at is None


def test_a_member_is_told_plainly_that_looking_is_for_admins_and_viewers(
    furnished: House, tmp_path: Path
) -> None:
    house, somebody = furnished, furnished.add_member(MAX)
    for name in sorted(READS & set(EXAMPLES)):
        refused = refusal(house, somebody, EXAMPLES[name](house, tmp_path))
        if refused is False:
            continue
        if name in FOR_MEMBERS:
            assert refused is None, name
        else:
            assert isinstance(refused, NotForMembers), (name, refused)
            assert "Only workspace admins and viewers can" in str(refused)

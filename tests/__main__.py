"""The habits of whoever works here, one word each: `python -m tests quick`.

    quick       what is pure, the walls, the use cases on SQLite, a few sockets: under a minute
    all         everything, on every core
    pictures    the screens against their snapshots; --update takes what is drawn now
    benchmarks  how fast it is: which there are
    searches    what looks for faults as long as it is told to: which there are

What follows the word is pytest's: `python -m tests quick -x -k rotation`.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent

QUICK = (
    *("domain", "errors", "credentials", "service", "restores/test_rules.py"),
    *("console/text", "console/clipboard/test_plan.py"),
    *("console/test_catalogue.py", "commands/test_key_trim.py"),
    *("verifier/test_bearer.py", "verifier/test_wanted.py", "verifier/test_memory.py"),
    *("verifier/usage/test_batch.py", "verifier/http/test_framing.py"),
    *("verifier/test_verify_route.py", "verifier/test_challenges.py"),
    *("verifier/resources/test_quotes.py", "test_walls.py", "test_way_in.py"),
)
"""What stands for the rest, under `tests/`; only on SQLite, where it would be on both engines."""
UNHURRIED = ("service/test_at_once.py", "service/test_sign_in.py", "service/test_strangers.py")
"""Crowds that sign in."""


def pytest(*arguments: str) -> int:
    """Run pytest on every core, from the root of the tree; return its exit code."""
    command = [sys.executable, "-m", "pytest", "-n", "auto", *arguments]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode


def quick(arguments: Sequence[str]) -> int:
    """Run what tells soonest that something is wrong."""
    chosen = [str(HERE / one) for one in QUICK]
    left_out = [f"--ignore={HERE / one}" for one in UNHURRIED]
    return pytest("-q", "-k", "not postgres", *left_out, *chosen, *arguments)


def everything(arguments: Sequence[str]) -> int:
    """Run all tests, on both engines."""
    return pytest(*arguments)


def pictures(arguments: Sequence[str]) -> int:
    """Compare the screens with their snapshots, or take what is drawn now."""
    updating = ["--snapshot-update" if one == "--update" else one for one in arguments]
    return pytest("-q", str(HERE / "console/test_pictures.py"), *updating)


def runs() -> Iterator[tuple[str, str]]:
    """Return what is run by hand: the module, and its first line on itself."""
    for path in sorted(HERE.rglob("*/__main__.py")):
        said = ast.get_docstring(ast.parse(path.read_text())) or ""
        yield ".".join(path.parent.relative_to(HERE.parent).parts), said.partition("\n")[0]


def benchmarks(arguments: Sequence[str]) -> int:
    """List what measures."""
    return _listed(one for one in runs() if ".benchmarks." in one[0])


def searches(arguments: Sequence[str]) -> int:
    """List what searches."""
    return _listed(one for one in runs() if ".benchmarks." not in one[0])


def _listed(found: Iterator[tuple[str, str]]) -> int:
    for module, said in found:
        print(f"python -m {module}\n    {said}")
    return 0


HABITS: dict[str, Callable[[Sequence[str]], int]] = {
    "quick": quick,
    "all": everything,
    "pictures": pictures,
    "benchmarks": benchmarks,
    "searches": searches,
}


def main(words: Sequence[str]) -> int:
    """Do what a word says; without one, or with one that is none, say which there are."""
    if not words or words[0] not in HABITS:
        print(__doc__.strip(), file=sys.stderr if words else sys.stdout)
        return 2 if words else 0
    return HABITS[words[0]](words[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Mutation testing of the tool itself: it tells tests that look from tests that do not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.judgements import FILE, judged
from tests.mutation.operators import mutants
from tests.mutation.suites import OWN_TESTS
from tests.mutation.trials import source_of

ROOT = Path(__file__).parents[2]
MODULE = """
def older(age: int) -> bool:
    if age < 0:
        raise ValueError(age)
    return age > 18
"""
LOOKING = """
import pytest
from sample_for_mutation import older

@pytest.mark.parametrize(("age", "is_older"), [(0, False), (18, False), (19, True)])
def test_ages(age, is_older):
    assert older(age) is is_older

def test_no_age():
    with pytest.raises(ValueError):
        older(-1)
"""
IDLE = "import sample_for_mutation\n\ndef test_nothing(): assert sample_for_mutation.older(20)\n"


def run(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """Try the mutants of the sample against such tests."""
    (folder / "sample_for_mutation.py").write_text(MODULE)
    (folder / "test_sample.py").write_text(tests)
    asked = ["--module", "sample_for_mutation", "--tests", str(folder / "test_sample.py")]
    return subprocess.run(
        [sys.executable, "-m", "tests.mutation", *asked],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_tests_that_look_kill_every_mutant(tmp_path: Path) -> None:
    done = run(tmp_path, LOOKING)
    assert "\nall " in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["all", "11", "11", "0", "100.0"]
    assert done.returncode == 0


def test_tests_that_do_not_look_let_mutants_live_and_each_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, IDLE)
    assert done.returncode == 1
    alive = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    assert alive == [
        "3: older: age < 0 → age < -1",
        "3: older: age < 0 → age < 1",
        "3: older: age < 0 → age <= 0",
        "3: older: if age < 0 → if False",
        "5: older: age > 18 → age > 17",
        "5: older: age > 18 → age > 19",
        "5: older: age > 18 → age >= 18",
    ]


def test_of_tests_that_fail_by_themselves_or_ask_for_nothing_nothing_is_told(
    tmp_path: Path,
) -> None:
    for tests in (IDLE.replace("older(20)", "older(17)"), "def test_nothing(): pass"):
        done = run(tmp_path, tests)
        assert done.returncode == 2
        assert "do not pass, or do not import it" in done.stderr


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("x = a < b <= c", ["a <= b <= c", "a >= b <= c", "a < b < c", "a < b > c"]),
        ("x = a is not b", ["a is b"]),
        ("x = a or b or c", ["a and b and c", "b or c", "a or c", "a or b"]),
        ("x = 'a' + b", []),
        ("x = a - 2", ["a + 2", "a - 3", "a - 1"]),
        ("x = True", ["x = False"]),
        ("x = not a", ["a"]),
        ("x = f(a, b=0.5)", ["b=1.5", "b=-0.5"]),
        ("x = a if b else c", ["a", "c"]),
        ("x = [a for a in b if a]", ["if False", "if True"]),
        ("while a: b()", ["if False", "pass"]),
        ("x += 1", ["x -= 1", "x += 2", "x += 0"]),
        ("@cache(1)\ndef f(a: 'int | None' = None) -> 'x | y': return", []),
        ("def f(): return None", []),
        ("match a:\n case b if c: pass", ["if False", "if True"]),
    ],
)
def test_what_a_mutant_is(code: str, changes: list[str]) -> None:
    tree = ast.parse(code)
    assert [one.after for one in mutants(tree)] == changes
    assert ast.dump(tree) == ast.dump(ast.parse(code))


def test_what_is_judged_is_a_mutant_of_a_module_that_has_tests_of_its_own() -> None:
    for module, tests in OWN_TESTS.items():
        there = {one.change for one in mutants(ast.parse(source_of(module).read_text("utf-8")))}
        assert judged(module).keys() <= there, module
        assert all((ROOT / one).is_file() for one in tests), module
    headings = [line for line in FILE.read_text("utf-8").splitlines() if line.startswith("[")]
    assert {one.strip('["]') for one in headings} <= OWN_TESTS.keys()

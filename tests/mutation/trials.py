"""Trying mutants: a process for each, forked from one that has imported everything else."""

import ast
import gc
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_file_location
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, settings

from tests.mutation.operators import Mutant, mutants

OURS = ("store", "console", "tests")
LEAST_CPU_S = 5
"""What the tests of a mutant may take at the least, and many times what they took before."""
TIMES_CPU = 10
WALL_S = 300
"""However busy the machine is: a mutant that sleeps burns no time of the CPU."""
MEMORY = 4 << 30
_OPTIONS = ("-x", "-q", "--noconftest", "--assert=plain", "-p", "no:cacheprovider")
_BROKEN = 70
"""What a process ends with whose tests were not even begun."""


class Unfit(Exception):
    """The tests cannot tell anything: they fail, or there are none, with nothing changed."""


@dataclass(frozen=True)
class Trial:
    """A mutant and whether the tests noticed it."""

    mutant: Mutant
    survived: bool


def source_of(module: str) -> Path:
    """Return the file of a module. Raises Unfit where there is none."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise Unfit(f"There is no module {module}. Write it as store.domain.keys.")
    return Path(spec.origin)


def load(tests: Sequence[str]) -> None:
    """Import what tests of this tree need of others, so that no mutant has to: it takes a second.

    Nothing of ours stays, since anything may know the module that is to be changed.
    """
    profile = "mutation"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    inside = [test for test in tests if not Path(test).is_absolute()]
    with redirect_stdout(StringIO()):
        pytest.main([*_OPTIONS, "--collect-only", *(inside or [__file__])])
    # A failure is enough; its smallest example takes minutes.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(profile, deadline=None, derandomize=True, phases=phases)
    settings.load_profile(profile)
    _forget_ours()
    # pytest collects garbage again and again; what is here now is none.
    gc.freeze()


def _forget_ours() -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in OURS and not name.startswith("tests.mutation"):
            del sys.modules[name]


def tried(module: str, tests: Sequence[str], jobs: int) -> Iterator[Trial]:
    """Run a module's tests against each of its mutants, in no order.

    Raises Unfit unless they pass while nothing is changed.
    """
    path = source_of(module)
    tree = ast.parse(path.read_text("utf-8"))
    status, used = _finished(_begun(module, path, tree, tests, WALL_S))[1:]
    if os.waitstatus_to_exitcode(status) != 0:
        raise Unfit(f"With {module} as it is, {' '.join(tests)} do not pass, or do not import it.")
    limit = LEAST_CPU_S + int(TIMES_CPU * used)
    running: dict[int, Mutant] = {}
    for mutant in mutants(tree):
        if len(running) >= jobs:
            yield _ended(running)
        # The tree is the mutant just now, and a fork keeps it so.
        running[_begun(module, path, tree, tests, limit)] = mutant
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mutant]) -> Trial:
    pid, status, _ = _finished(-1)
    code = os.waitstatus_to_exitcode(status)
    if code in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED, _BROKEN):
        raise Unfit(f"pytest ended with {code}.")
    return Trial(running.pop(pid), survived=code == 0)


def _finished(pid: int) -> tuple[int, int, float]:
    pid, status, used = os.wait4(pid, 0)
    return pid, status, used.ru_utime + used.ru_stime


def _begun(module: str, path: Path, tree: ast.Module, tests: Sequence[str], cpu_s: int) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = _BROKEN
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(WALL_S)
        unseen = os.open(os.devnull, os.O_WRONLY)
        os.dup2(unseen, 1)
        os.dup2(unseen, 2)
        # To find a file is to import the packages it is in.
        _forget_ours()
        sys.meta_path.insert(0, mutating := _Mutating(module, path, tree))
        ended = pytest.main([*_OPTIONS, *tests])
        code = int(ended) if mutating.asked else _BROKEN
    finally:
        os._exit(code)


class _Mutating(Loader):
    """Gives one module with the code of a tree instead of its file's."""

    def __init__(self, module: str, path: Path, tree: ast.Module) -> None:
        self._module, self._path, self._tree = module, path, tree
        self.asked = False
        """Whether anything imported the module."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self._module:
            return None
        return spec_from_file_location(name, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        self.asked = True
        exec(compile(self._tree, self._path, "exec"), module.__dict__)  # noqa: S102

"""A recipe with a line taken out: what `keydeck proxy check` finds open then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.outside.findings import Outcome
from console.outside.wire import NoAnswer, place
from console.proxy_check.checks import CHECKS
from console.proxy_check.stand_in import standing_in
from console.proxy_check.trial import Trial, found
from console.recipes import Address
from store.domain.key_string import mint
from tests.house import House
from tests.proxies.recipes import PROGRAMS, printed, reads_invoices
from tests.proxies.running import NotStarted, Proxy, free_port, running
from tests.verifier.serving import serving

PATIENCE_S = 5.0
NOT_YET = (404, 502, 503, 504)
"""How a proxy answers that has not read all of its configuration, or not found its API."""


class Recipe:
    """The files of a proxy, to be started as they are or with a line taken out."""

    def __init__(self, house: House, name: str, verifier: int, folder: Path) -> None:
        self.name, self.api = name, free_port()
        self._folder = folder
        good, lacking = reads_invoices(house, folder.name), house.create(f"No {folder.name}")
        self.keys = good.secret, lacking.secret
        printed(house, name, verifier, self.api, folder / "printed")
        self._texts = {file.name: file.read_text("utf-8") for file in self._files()}
        self._turn = 0

    def lines(self) -> Iterator[tuple[str, int, str]]:
        """Return each line that says something: its file, its number from 0 and its text."""
        for file, text in self._texts.items():
            for number, line in enumerate(text.splitlines()):
                bare = line.strip()
                if bare.strip("{}") and not bare.startswith(("#", "--")):
                    yield file, number, bare

    @contextmanager
    def running(self, file: str = "", number: int = -1) -> Iterator[Proxy]:
        """Run the proxy, with one line taken out. Raises NotStarted."""
        for name, text in self._texts.items():
            kept = text.splitlines(keepends=True)
            if name == file:
                del kept[number]
            (self._folder / "printed" / name).write_text("".join(kept), "utf-8")
        self._turn += 1
        folder = self._folder / str(self._turn)
        with running(PROGRAMS[self.name], self._folder / "printed", folder) as proxy:
            yield proxy

    def opened(self, file: str = "", number: int = -1) -> dict[str, str] | None:
        """Return what is open, by check, with one line taken out; None if it does not start so."""
        try:
            with (
                self.running(file, number) as proxy,
                standing_in(Address("127.0.0.1", self.api)) as stand_in,
            ):
                good, lacking = self.keys
                return _opened(Trial(place(url(proxy)), good, mint("jw").key, lacking, stand_in))
        except NotStarted:
            return None

    def _files(self) -> list[Path]:
        return sorted((self._folder / "printed").iterdir())


@contextmanager
def asked(house: House, folder: Path) -> Iterator[int]:
    """Run a verifier that recipes ask, and give its port."""
    house.store.operator.add_resource("invoices")
    with serving(house, folder / "stderr", proxies=["127.0.0.1"]) as server:
        yield server.port


def url(proxy: Proxy) -> str:
    """Return the address that is guarded."""
    return f"http://127.0.0.1:{proxy.port}/invoices"


def _opened(trial: Trial) -> dict[str, str]:
    deadline = time.monotonic() + PATIENCE_S
    while trial.ask(key=trial.good).answer.status in NOT_YET and time.monotonic() < deadline:
        time.sleep(0.05)
    findings = []
    for check in CHECKS:
        try:
            findings.append(found(check, trial))
        except NoAnswer as error:
            return {"good-key": str(error)}
    return {finding.name: finding.seen for finding in findings if finding.outcome is Outcome.OPEN}

"""The verifiers that run, and what they tell assistants to be called."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from console.connection_check.walk import END, ask
from console.outside.wire import NoAnswer
from store.domain.verifier_processes import ProcessHealth, VerifierProcess
from store.errors import CannotLook
from store.verifier import urls


@dataclass(eq=False)
class NobodyRuns(CannotLook):
    """No verifier is there that could be asked what it is called."""

    seen: str = "No verifier of this store runs"

    def __str__(self) -> str:
        return f"{self.seen}. Start `keydeck serve`, or name the address that assistants are given."


def told_addresses(processes: Iterable[VerifierProcess]) -> list[str]:
    """Return what the verifiers that run tell assistants to be called, each once.

    Raises NobodyRuns where none runs, or none can be asked from here.
    """
    here = [_asked(one) for one in processes if one.health is not ProcessHealth.GONE]
    if not here:
        raise NobodyRuns
    found, silent = [], []
    for address in dict.fromkeys(here):
        try:
            _, document = ask(f"{address}{urls.RESOURCE}{END}")
        except NoAnswer as error:
            silent.append(str(error).partition(". ")[0])
        else:
            found.append(str(document.get("resource") or address + END))
    if not found:
        raise NobodyRuns(silent[0])
    return list(dict.fromkeys(found))


def _asked(process: VerifierProcess) -> str:
    """Return where a verifier is asked: at this machine where it listens at every address."""
    parts = urlsplit(process.address)
    if urls.is_place(process.address):
        return process.address
    host = "[::1]" if parts.hostname == "::" else "127.0.0.1"
    return f"{parts.scheme}://{host}:{parts.port}"

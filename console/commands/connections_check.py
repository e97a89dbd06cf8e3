"""`keydeck connections check`: the way of an assistant is walked, and what is wrong is named."""

from typing import TYPE_CHECKING

import click

from console.commands import exits
from console.commands.findings import finding_object, tell, tell_open
from console.commands.line import Line
from console.commands.options import common, looks
from console.commands.output import document, say

if TYPE_CHECKING:
    from console.outside.findings import Finding


@click.command()
@click.argument("given", metavar="[URL]", required=False)
@common
@looks
def check(line: Line, given: str | None) -> int:
    """Walk the way of an assistant to an approval. 0 it is open, 1 something is wrong.

    keydeck connections check https://api.example.com/mcp

    URL is the address that assistants are given. Names, TLS, the path, the challenge, both metadata
    documents, registration, the page, tokens, headers and browsers are looked at in the order in
    which an assistant comes to them, and the first that is wrong is named. With URL no store is
    needed, so it can be asked from wherever assistants are. Without, it is the address that each
    running verifier of the store goes by; sign in for that. The registration that is made is
    forgotten an hour later, with the next one. 6 where there is nothing to look at.
    """
    from console.connection_check.steps import STEPS
    from console.connection_check.walk import walk_to, walked

    addresses = [given] if given else _told(line)
    found = []
    for address in addresses:
        walk = walk_to(address)
        found.append((walk.url, walked(STEPS, walk)))
    return _printed(line, found)


def _told(line: Line) -> list[str]:
    """Return what assistants are told of the verifiers that run. Raises CannotLook."""
    from console.connection_check.running import told_addresses

    store, actor = line.signed_in()
    return told_addresses(store.verifiers.all(actor))


def _printed(line: Line, found: "list[tuple[str, list[Finding]]]") -> int:
    from console.outside.findings import Outcome, of

    wrong = False
    if line.json:
        document(
            {
                "addresses": [
                    {"url": url, "checks": [finding_object(finding) for finding in findings]}
                    for url, findings in found
                ]
            }
        )
        wrong = any(of(findings, Outcome.OPEN) for _, findings in found)
        return exits.FAILED if wrong else exits.DONE
    for url, findings in found:
        tell(findings)
        opened = of(findings, Outcome.OPEN)
        for finding in opened:
            tell_open(finding)
        wrong = wrong or bool(opened)
        if opened:
            say(f"Assistants do not come through to {url}: {opened[0].name}.")
        else:
            say(f"Assistants connect to {url}. The last word has whoever approves them.")
    return exits.FAILED if wrong else exits.DONE

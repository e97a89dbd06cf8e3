"""`keydeck proxy check`: a proxy is asked as a stranger would ask it, and what is open is named."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.commands import exits, passwords, standard_input
from console.commands.findings import finding_object, tell, tell_open
from console.commands.line import Line
from console.commands.options import for_operator, looks
from console.commands.output import document, say
from console.recipes import PROXIES, address
from console.recipes.guards import lines
from store.domain.key_string import Secret, mint, parse
from store.errors import Invalid, MalformedKey, NotSignedIn

if TYPE_CHECKING:
    from console.outside.findings import Finding
    from console.proxy_check.stand_in import StandIn


@click.command()
@click.argument("behind", metavar="URL")
@click.option(
    "--key-file",
    metavar="FILE",
    help="A key that may GET and POST there; - for standard input. Asked for without it.",
)
@click.option(
    "--lacking-key-file", metavar="FILE", help="One that may not, to see how a 403 comes back."
)
@click.option(
    "--as-api",
    metavar="HOST:PORT",
    help="Listen there in the place of your API, to see what reaches it.",
)
@click.option("--proxy", type=click.Choice(list(PROXIES)), help="Which, to name the lines to mend.")
@click.option("--skip", multiple=True, metavar="NAME", help="A check that is not wanted. Repeats.")
@for_operator
@looks
def check(
    line: Line,
    behind: str,
    key_file: str | None,
    lacking_key_file: str | None,
    as_api: str | None,
    proxy: str | None,
    skip: tuple[str, ...],
) -> int:
    """Look from outside whether a proxy asks as it must. 0 it does, 1 it does not.

    keydeck proxy check https://api.example.com/invoices --key-file key

    With a good, a dead and no key: forged and doubled headers, preflights, odd paths, other
    protocols. The address must need a key. No store is needed, so it can be asked from anywhere;
    what is sent with the good key is a GET or POST of that address, so let it be one that may be.
    6 where nothing can be looked at.
    """
    from console.outside.wire import place
    from console.proxy_check.checks import CHECKS
    from console.proxy_check.trial import Trial, found

    known = {check.name for check in CHECKS}
    for name in skip:
        if name not in known:
            raise Invalid(
                "skip", f"There is no check “{name}”. There are {', '.join(sorted(known))}."
            )
    where = place(behind)
    good = _key(key_file, "Key that may GET and POST there")
    lacking = _key(lacking_key_file, "") if lacking_key_file else None
    prefix = good.reveal().partition("_")[0]
    with _in_place(as_api) as stand_in:
        trial = Trial(where, good, mint(prefix).key, lacking, stand_in)
        trial.check_answered()
        findings = [found(check, trial) for check in CHECKS if check.name not in skip]
    return _told(line, findings, proxy)


@contextmanager
def _in_place(as_api: str | None) -> "Iterator[StandIn | None]":
    from console.proxy_check.stand_in import standing_in

    with standing_in(address("as-api", as_api)) if as_api else nullcontext() as stand_in:
        yield stand_in


def _key(file: str | None, asked: str) -> Secret:
    """Return a key from a file, standard input or the terminal. Raises Invalid."""
    text = _read(file, asked)
    prefix, mark, _ = text.partition("_")
    try:
        if not mark:
            raise MalformedKey("it has no _ in it")
        parse(text, prefix)
    except MalformedKey as error:
        raise Invalid("key", f"That is no key of keydeck's: {error.reason}.") from None
    return Secret(text)


def _read(file: str | None, asked: str) -> str:
    if file == "-":
        return (standard_input.line("key") or "").strip()
    if file is None:
        try:
            return passwords.from_terminal(asked).reveal().strip()
        except NotSignedIn:
            raise Invalid(
                "key-file", "No key was given. Name its file with --key-file; - is standard input."
            ) from None
    try:
        return Path(file).read_text("ascii").strip()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it holds no key").lower()
        raise Invalid("key-file", f"{file} could not be read: {reason}.") from None


def _told(line: Line, findings: "list[Finding]", proxy: str | None) -> int:
    from console.outside.findings import Outcome, of

    opened, unseen = of(findings, Outcome.OPEN), of(findings, Outcome.UNSEEN)
    if line.json:
        document({"checks": [_object(finding, proxy) for finding in findings]})
        return exits.FAILED if opened else exits.DONE
    tell(findings)
    for finding in opened:
        tell_open(finding)
        for guard in lines(proxy, finding.name):
            print(f"  {proxy}: {guard}")
    for told in dict.fromkeys(finding.seen for finding in unseen):
        names = ", ".join(finding.name for finding in unseen if finding.seen == told)
        say(f"Not seen: {names}: {told}.")
    if opened:
        say(f"Open: {', '.join(finding.name for finding in opened)}.")
        return exits.FAILED
    say(f"{len(findings) - len(unseen)} of {len(findings)} were looked at, and none is open.")
    return exits.DONE


def _object(finding: "Finding", proxy: str | None) -> dict[str, object]:
    guards = lines(proxy, finding.name) if finding.mend else ()
    return {**finding_object(finding), "lines": list(guards)}

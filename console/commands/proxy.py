"""`keydeck proxy`: the verifier in front of an API of the admin's own."""

from pathlib import Path

import click

from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.options import for_operator
from console.commands.output import document, say
from console.commands.proxy_check import check
from console.recipes import PROXIES, address, written
from store.errors import Invalid


@click.group(cls=Group)
def proxy() -> None:
    """Let a proxy ask keydeck before a request reaches your own API."""


proxy.add_command(check)


@proxy.command()
@click.argument("name", type=click.Choice(list(PROXIES)))
@click.option("--upstream", required=True, metavar="HOST:PORT", help="Your API.")
@click.option(
    "--keydeck",
    "verifier",
    default="127.0.0.1:8080",
    show_default=True,
    metavar="HOST:PORT",
    help="Where `keydeck serve` is, as the proxy reaches it.",
)
@click.option(
    "--listen",
    default="0.0.0.0:8000",
    show_default=True,
    metavar="HOST:PORT",
    help="Where the proxy is reached.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="R:A",
    help="Of every request, in place of routes.",
)
@click.option(
    "--key-header",
    "key_headers",
    multiple=True,
    metavar="NAME",
    help="As `keydeck serve` takes a key. Repeats.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the files there; none is replaced.",
)
@for_operator
def recipe(
    line: Line,
    name: str,
    upstream: str,
    verifier: str,
    listen: str,
    scopes: tuple[str, ...],
    key_headers: tuple[str, ...],
    out: Path | None,
) -> None:
    """Print a whole configuration of a proxy that asks keydeck.

    The key stays at the proxy; your API is told whose it is in X-Key-Id, X-Key-Name, X-Key-Owner,
    X-Key-Labels, X-Key-Scopes and X-Workspace, which no client can send.
    """
    for scope in scopes:
        _check_scope(line, scope)
    files = written(
        name,
        keydeck=address("keydeck", verifier),
        upstream=address("upstream", upstream),
        listen=address("listen", listen),
        scopes=scopes,
        key_headers=_checked(key_headers),
    )
    if out is not None:
        _write(out, files)
    if line.json:
        document(files)
    elif out is not None:
        say("Written: " + ", ".join(str(out / file) for file in files) + ".")
    else:
        for file, text in files.items():
            if len(files) > 1:
                print(f"{_comment(file)} ---- {file} ----")
            print(text, end="")


def _checked(key_headers: tuple[str, ...]) -> tuple[str, ...]:
    from store.verifier.key_places import KeyPlaces

    return KeyPlaces(key_headers).headers


def _check_scope(line: Line, text: str) -> None:
    from store.domain.scopes import scopes as checked

    checked([text], line.store().operator.resources())


def _write(folder: Path, files: dict[str, str]) -> None:
    taken = [name for name in files if (folder / name).exists()]
    if taken:
        raise Invalid("out", f"{folder / taken[0]} is there already. Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("out", f"{folder} could not be written: {reason}.") from None


def _comment(file: str) -> str:
    return "--" if file.endswith(".lua") else "#"

"""`keydeck routes`: the requests of your own API, and what each needs. The operator's."""

from typing import TYPE_CHECKING

import click

from console.commands import exits
from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.many import Evidence
from console.commands.options import for_operator, looks
from console.commands.output import document, say
from console.commands.routes_import import import_
from console.text.route_words import (
    NO_ROUTES,
    ambiguous,
    becomes,
    matched,
    needs,
    origin,
    refused,
    refuses,
    route_object,
)

if TYPE_CHECKING:
    from store.domain.routes.route import Route
    from store.operations.store import Store
    from store.service.foreseen_routes import ForeseenRoute

NONE_LEFT = f"No route is left: {NO_ROUTES}"


@click.group(cls=Group)
def routes() -> None:
    """Name the requests of your own API, and the scopes each needs.

    With the first route, /api/v1/authorize judges by routes whatever a proxy asks about, and
    refuses what none of them names.
    """


_LIST = Listing("METHOD", "PATH", "NEEDS", "FROM")


@routes.command("list")
@_LIST.options
@for_operator
def list_(line: Line, shown: Shown) -> None:
    """List the routes by path.

    keydeck routes list --filter 'method:post needs:public'
    """
    _check_may_see(line)
    shown.print(line, line.store().routes.all(), row=_row, content=route_object)


def _row(route: "Route") -> Row:
    return route.pattern.method, route.pattern.path, route.needs, origin(route)


@routes.command()
@click.argument("route", metavar="'METHOD /path'")
@click.argument("scopes", metavar="SCOPE…|any|public", nargs=-1, required=True)
@click.option("--replace", is_flag=True, help="Change the route that is there.")
@click.option(
    "--dry-run", is_flag=True, help="With --replace: only say whom it would have refused."
)
@for_operator
def add(line: Line, route: str, scopes: tuple[str, ...], replace: bool, dry_run: bool) -> None:
    """Add a route: the scopes it needs, any good key, or none at all.

    keydeck routes add 'GET /invoices/{id}' invoices:read

    * stands for each method, GET for HEAD too, {name} for one segment, {rest...} at the end for all
    that is left. The most specific route decides; two that could both are refused.
    """
    store = line.store()
    if dry_run:
        if not replace:
            raise click.UsageError("--dry-run is for --replace: nobody calls what is not there.")
        _evidence(store, store.routes.foresee(route, scopes)).show(line)
        return
    added, commits = store.routes.add(route, scopes, replace=replace).unpack()
    report(line, store, commits, f"{added} {needs(added)}.", route_object(added))


@routes.command()
@click.argument("route", metavar="'METHOD /path'")
@click.option("--dry-run", is_flag=True, help="Only say whom it would have refused.")
@ends
@for_operator
def remove(line: Line, route: str, dry_run: bool) -> None:
    """Remove a route: what no other names is refused then.

    keydeck routes remove 'GET /invoices/{id}' --dry-run
    """
    store = line.store()
    if dry_run or asks(line):
        evidence = _evidence(store, store.routes.foresee(route))
        if dry_run:
            evidence.show(line)
            return
        ask(line, f"Remove {route}?", *evidence.sentences)
    removed, commits = store.routes.remove(route).unpack()
    left = "" if removed.left else f" {NONE_LEFT}"
    sentence = f"{removed.route} is removed.{left}"
    report(line, store, commits, sentence, route_object(removed.route))


@routes.command("test")
@click.argument("request", metavar="'METHOD /path'")
@for_operator
@looks
def test_(line: Line, request: str) -> int:
    """Say which route decides about a request. 0 one does, 1 it is refused.

    keydeck routes test 'DELETE /invoices/7'
    """
    from store.domain.routes.table import Match
    from store.errors import AmbiguousPath

    _check_may_see(line)
    why, found, nearly = None, None, None
    try:
        found, nearly = line.store().routes.match(request)
    except AmbiguousPath as refused:
        why = str(refused)
    if line.json:
        document(
            {
                "request": request,
                "route": route_object(found) if found else None,
                "nearly": route_object(nearly) if nearly else None,
                "ambiguous": why,
            }
        )
    elif found is not None:
        print(matched(Match(found)))
    else:
        say(ambiguous(why) if why is not None else matched(Match(None, nearly)))
    return exits.DONE if found is not None else exits.FAILED


def _evidence(store: "Store", found: "ForeseenRoute") -> Evidence:
    from console.commands.foreseeing import timed
    from store.domain.times import rfc3339

    now = store.clock.now()
    sentence = refuses(found, now)
    content = {
        "before": route_object(found.before),
        "after": route_object(found.after) if found.after else None,
        "since": rfc3339(found.since),
        "refused": [
            {
                "workspace": use.workspace.slug,
                "key": use.key.id,
                "name": use.key.name,
                "requests_at_most": use.requests,
                "callers": [timed(caller._asdict()) for caller in use.callers],
            }
            for use in found.used
        ],
        "unused_keys": found.unused,
        "seldom_ms": found.seldom,
        "more": found.more,
        "looked_at": found.looked_at,
        "assistants_uncounted": found.tools,
        "sentence": sentence,
    }
    return Evidence((*refused(found, now), becomes(found), sentence), content)


def _check_may_see(line: Line) -> None:
    """Raise NotAllowed for a guest who is no admin; at home the store's files are the boundary."""
    if line.guest is not None:
        store, actor = line.signed_in()
        store.routes.seen(actor)


routes.add_command(import_)

"""`keydeck audit`: who did what, newest first."""

import json

import click

from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, table

PAGE = 500


@click.command()
@click.option("--limit", type=click.IntRange(1), help="The newest so many. [default: all]")
@common
def audit(line: Line, limit: int | None) -> None:
    """Print the workspace's audit, newest first."""
    from console.text.times import day
    from store.audit import AuditEntry
    from store.times import moment, rfc3339

    store, actor = line.signed_in()
    found: list[AuditEntry] = []
    before: int | None = None
    while limit is None or len(found) < limit:
        size = PAGE if limit is None else min(PAGE, limit - len(found))
        page = store.trail.newest(actor, limit=size, before=before)
        found.extend(page)
        if len(page) < size:
            break
        before = page[-1].seq
    if line.json:
        document(
            [
                {
                    "seq": one.seq,
                    "at": rfc3339(one.at),
                    "actor": one.actor,
                    "action": one.action,
                    "subject": one.subject,
                    "subject_name": one.subject_name,
                    "details": one.details,
                    "revision": one.revision,
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            f"{day(one.at)} {moment(one.at):%H:%M:%S}",
            one.actor,
            one.action,
            one.subject_name or one.subject,
            _told(one.details),
        )
        for one in found
    ]
    table(("WHEN (UTC)", "WHO", "DID", "TO", "DETAILS"), rows)


def _told(details: dict[str, object]) -> str:
    told = {name: value for name, value in details.items() if value not in (None, "", [])}
    return " ".join(
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in told.items()
    )

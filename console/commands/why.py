"""`keydeck why`: the decision on a request, or on one that came with a key now."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.line import Line
from console.commands.options import common, either_side
from console.commands.output import document
from console.text.safe import safe

if TYPE_CHECKING:
    from store.service.why import Explanation

_SIGNS = {"passed": "✓", "stopped": "✕", "untold": "?", "not reached": "·"}


@click.command()
@click.argument("reference", metavar="REQUEST_ID|KEY_ID", shell_complete=completing.keys)
@common
@either_side
def why(line: Line, reference: str) -> None:
    """Explain why a request was refused, step by step, and what to do.

    With a key's id, prefix or name: what a request with it would get now. 4 for what is neither.
    """
    store, actor = line.signed_in()
    decision = store.why.explain(actor, reference)
    now = store.clock.now()
    if line.json:
        document(_object(decision, now, store.prefix))
    else:
        _print(decision, now, store.prefix)


def _object(decision: "Explanation", now: int, prefix: str) -> dict[str, Any]:
    from console.commands.refusals import refusal_object
    from console.text.connection_words import connection_object
    from console.text.key_fields import key_object
    from console.text.why_words import advice
    from store.domain.times import rfc3339

    whose, refusal, connection = decision.whose, decision.refusal, decision.connection
    return {
        "request_id": decision.request_id,
        "at": rfc3339(decision.at),
        "outcome": decision.outcome,
        "steps": [{"step": step.value, "result": how.value} for step, how in decision.steps],
        "workspace": whose.workspace.slug if whose else None,
        "key": key_object(whose.key, now) if whose else None,
        "key_name_then": whose.called_at(decision.at) if whose else None,
        "connection": connection_object(connection, now) if connection else None,
        "refusal": refusal_object(refusal) if refusal else None,
        "route": str(decision.route) if decision.route else None,
        "times": whose.times if whose else None,
        "latest": [refusal_object(refusal) for refusal in whose.latest] if whose else [],
        "advice": advice(decision, now, prefix),
    }


def _print(decision: "Explanation", now: int, prefix: str) -> None:
    from console.text import why_words

    print(safe(f"{why_words.title(decision)}."))
    for label, value in why_words.facts(decision, now, prefix):
        print(safe(f"{label:<10} {value}"))
    if decision.steps:
        print()
    for step, result, detail in why_words.steps(decision):
        print(safe(f"{_SIGNS[result.value]} {step.value:<9} {detail}".rstrip()))
    advice = why_words.advice(decision, now, prefix)
    if advice:
        print()
    for sentence in advice:
        print(safe(sentence))

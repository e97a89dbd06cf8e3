"""Showing: a key in full, its id, why it is refused, the API's reference."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from console.verbs.answering import answering
from console.verbs.kinds import PlainVerb
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.errors import KeydeckError

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Next, Verb
    from store.service.keys import Details
    from store.service.why import Explanation


async def details(app: "Host", key: Key, offered: "Sequence[Verb[Any]]") -> "Next | None":
    """Show a key in full, and go on to the verb that is chosen there."""
    from console.dialogs.details import DetailsDialog

    actor = app.actor

    async def read() -> "Details":
        return await app.in_store(lambda store: store.keys.details(actor, key.id))

    chosen = await app.push_screen_wait(
        DetailsDialog(
            await read(),
            read,
            app.store.clock.now,
            offered,
            prefix=app.store.prefix,
            looks_only=app.looks_only,
            ascii_only=app.options.ascii_only,
        )
    )
    if chosen is None:
        return None
    if isinstance(chosen, PlainVerb):
        return lambda verbs: verbs.start(chosen, None)
    now = (await read()).key
    return lambda verbs: verbs.start(chosen, now)


async def copy_id(app: "Host", key: Key) -> None:
    """Copy a key's id, which is no secret, and say what is known of it."""
    value = f"{app.store.prefix}_{key.id}"
    try:
        outcome = await asyncio.to_thread(app.copy, Secret(value))
    except (KeydeckError, OSError):
        app.say(f"Copying {value} failed. Select it: shift and the mouse.", severity="warning")
    else:
        app.say(f"{value}: {outcome.sentence}")


async def why(app: "Host", reference: str) -> None:
    """Explain a refusal, or what a request with a key would get now; empty asks which."""
    from console.dialogs.why import WhyDialog

    actor = app.actor

    async def explain(text: str) -> "Explanation":
        return await app.in_store(lambda store: store.why.explain(actor, text))

    await app.push_screen_wait(
        WhyDialog(
            explain,
            app.store.clock.now,
            prefix=app.store.prefix,
            reference=reference,
            ascii_only=app.options.ascii_only,
        )
    )


async def verify(app: "Host") -> None:
    """Walk the chain of the workspace's audit, and say up to where it holds."""
    actor = app.actor
    app.say("Verifying the audit…")
    found = await app.in_store(lambda store: store.audit_trail.verify(actor))
    intact = f"up to entry {found.intact:,}"
    if found.trouble is None:
        app.say(f"The audit is as it was written, {intact}, the latest.")
    else:
        app.say(f"The audit is intact {intact} only. {found.trouble}", severity="warning")


async def reference(app: "Host") -> None:
    """Show where the API's reference is; copied only when that is asked for."""
    from console.dialogs.api_reference import ReferenceDialog

    api = await answering(app)
    await app.push_screen_wait(
        ReferenceDialog(
            api.page("/docs"), app.copy, api.page_note(), ascii_only=app.options.ascii_only
        )
    )

"""Finding out where requests are answered."""

import socket
from typing import TYPE_CHECKING

from console.text.answering import DEFAULT_API, Answering, answering_of
from store.errors import KeydeckError

if TYPE_CHECKING:
    from console.host import Host


async def answering(app: "Host") -> Answering:
    """Return where requests are answered: what was named, else where a verifier runs.

    What `--api` or KEYDECK_API names is not looked at: it is mostly a proxy's address.
    """
    if app.options.api is not None:
        return Answering(app.options.api)
    actor = app.actor
    try:
        found = await app.in_store(lambda store: store.verifiers.all(actor))
    except KeydeckError:
        # Members are not told; and for whoever is, this is no moment to hear why not.
        return Answering(DEFAULT_API)
    return answering_of(found, socket.gethostname())

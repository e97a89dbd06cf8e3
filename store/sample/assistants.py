"""The assistants that were connected to the sample: one is used all day, one was only tried."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, insert

from store.domain.key_string import Secret, random_base62
from store.domain.people import Actor
from store.domain.scopes import OURS, scopes
from store.domain.times import DAY, MINUTE
from store.domain.usage import ToolOutcome
from store.domain.verdicts import Verdict
from store.operations.store import Store
from store.persistence.schema import OF_CONNECTIONS, tool_counts
from store.service.authorization_requests import Wanted
from store.service.tokens import Presented

_ISSUER = "http://127.0.0.1:8080"
_NETWORK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Assistant:
    """One connection of the sample: when it was made, what for, and how it ended."""

    name: str
    callback: str
    granted: str
    age: int
    used_ago: int
    """How many milliseconds ago it called last."""
    calls: int
    """Requests in the minute of the last."""
    revoked_ago: int | None = None
    reason: str | None = None
    tools: tuple[tuple[str, ToolOutcome, int, int], ...] = ()
    """Calls that it made: tool, outcome, how often, and how many milliseconds ago the last."""


ASSISTANTS = (
    Assistant("ChatGPT", "https://chatgpt.com/connector_platform_oauth_redirect",
              "events:read events:write", 47 * DAY, 41 * DAY, 6,
              revoked_ago=40 * DAY, reason="the trial is over"),
    Assistant("Claude", "https://claude.ai/api/mcp/auth_callback",
              "events:read", 12 * DAY, 4 * MINUTE, 6,
              tools=(("list_events", ToolOutcome.DONE, 31, 4 * MINUTE),
                     ("get_event", ToolOutcome.DONE, 12, 5 * MINUTE),
                     ("get_event", ToolOutcome.FAILED, 1, 9 * MINUTE),
                     ("edit_event", ToolOutcome.REFUSED, 2, 6 * MINUTE))),
)  # fmt: skip


def connect(past: Store, actor: Actor, assistant: Assistant) -> str:
    """Approve an assistant and fetch its first tokens, as its browser would; return the id."""
    asks, granted, resource = (
        past.authorization_requests,
        scopes([assistant.granted], OURS),
        f"{_ISSUER}/mcp",
    )
    verifier = Secret(random_base62(64))
    digest = hashlib.sha256(verifier.reveal().encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    client = past.clients.register(assistant.name, [assistant.callback], _NETWORK)
    brought = asks.ask(
        Wanted(client.id, assistant.callback, None, challenge, granted, resource), _NETWORK
    )
    made = asks.approve(actor, brought.ask.id, granted, "90d").unwaited()
    back = asks.pick_up(brought.ask.id, brought.browser, _ISSUER)
    code = Secret(parse_qs(urlsplit(back).query)["code"][0])
    past.tokens.exchange(Presented(code, client.id, assistant.callback, verifier, resource))
    return made.id


def remember_calls(
    connection: Connection, workspace_id: int, played: Sequence[tuple[Assistant, str]], now: int
) -> None:
    """Write when each assistant called last; the ids are the connections'."""
    for assistant, connection_id in played:
        at = now - assistant.used_ago
        whose = {"workspace_id": workspace_id, "connection_id": connection_id}
        connection.execute(
            insert(OF_CONNECTIONS.used).values(
                **whose, first_used_at=now - assistant.age, last_used_at=at, last_address=_NETWORK
            )
        )
        counted = {"starts_at": at - at % MINUTE, "span_ms": MINUTE, "verdict": Verdict.VALID.value}
        connection.execute(
            insert(OF_CONNECTIONS.verdicts).values(**whose, **counted, count=assistant.calls)
        )
        for tool, outcome, number, ago in assistant.tools:
            last = now - ago
            connection.execute(
                insert(tool_counts).values(
                    **whose,
                    starts_at=last - last % DAY,
                    tool=tool,
                    outcome=outcome.value,
                    count=number,
                    last_at=last,
                )
            )

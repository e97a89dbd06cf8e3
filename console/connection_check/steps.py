"""The steps of an assistant's way, in their order."""

from console.connection_check import approving, browsers, discovering, reaching
from console.connection_check.walk import Step

STEPS = (
    Step("reach", "The address leads to a server that is trusted", reaching.reached),
    Step("mcp", "keydeck is there, and asks for a token", reaching.is_there),
    Step("names", "Whatever address the name has, keydeck is there", reaching.same_everywhere),
    Step(
        "challenge",
        "Who has no token is told where to begin, by POST, GET and HEAD",
        discovering.challenged,
    ),
    Step("address", "keydeck goes by the address that was typed", discovering.own_address),
    Step("resource", "The document of /mcp is there (RFC 9728)", discovering.resource_described),
    Step(
        "server",
        "The authorization server's document is there (RFC 8414)",
        discovering.server_described,
    ),
    Step("registration", "An assistant registers by itself (RFC 7591)", approving.registered),
    Step("page", "A browser opens the page of an approval, and decides", approving.page_opens),
    Step(
        "token",
        "A code that is refused is refused as a program reads it",
        approving.exchange_refuses,
    ),
    Step("authorization", "A token reaches the verifier", reaching.token_arrives),
    Step("long", "A long message reaches the verifier", reaching.long_arrives),
    Step("slash", "One slash more is the same address", reaching.slash),
    Step("origin", "A page of a foreign origin is refused", reaching.origin_arrives),
    Step("browser", "A page of this machine may call (CORS)", browsers.pages_may_call),
    Step("encrypted", "Tokens cross no network in clear text", reaching.in_secret),
)
"""What keeps everybody out comes first, what keeps some out after it, and what only harms last."""

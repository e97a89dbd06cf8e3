"""Where the authorization server's parts are, as the world sees them."""

from urllib.parse import urlsplit

from store.domain.addresses import canonical, same_address
from store.domain.redirects import LOOPBACK
from store.errors import Invalid

AUTHORIZE = "/oauth/authorize"
APPROVE = "/oauth/approve"
REGISTER = "/oauth/register"
TOKEN = "/oauth/token"  # noqa: S105
ROOT_TOKEN = "/token"  # noqa: S105
"""Where programs look that have kept their tokens and not the metadata: the protocol said so in
2025-03-26 (2.3.3), and its Python SDK renews there after each start.
"""
REVOKE = "/oauth/revoke"
MCP = "/mcp"
SERVER = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
RESOURCE = "/.well-known/oauth-protected-resource"


_NOWHERE = ("0.0.0.0", "::")  # noqa: S104


def checked_issuer(url: str) -> str:
    """Return a public address as addresses begin with it (RFC 8414 2). Raises Invalid.

    As browsers and assistants write it, who compare it with what they were told.
    """
    plain = url.isascii() and url.isprintable() and not set(url) & set(" ?#")
    issuer = canonical(url) if plain else None
    if issuer is None:
        raise Invalid(
            "public-url",
            f"“{url}” is no public address. Write one such as https://api.example.com.",
        )
    return issuer


def issuer_at(address: str) -> str:
    """Return the issuer of a verifier that was told no public address: where it listens.

    Browsers leave the port 80 out, and would not be recognised.
    """
    return canonical(address) or address.rstrip("/")


def is_place(issuer: str) -> bool:
    """Return whether an address is one that somebody can be told, and not every address."""
    return urlsplit(issuer).hostname not in _NOWHERE


class Urls:
    """Absolute addresses under an issuer: `--public-url`, never what a request calls us."""

    def __init__(self, issuer: str) -> None:
        """`issuer` has no slash at its end."""
        parts = urlsplit(issuer)
        self.issuer = issuer
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.base = parts.path
        """The path that a proxy in front adds, usually nothing."""
        self.secure = parts.scheme == "https"
        self.resource = issuer + MCP
        # RFC 9728 3.1 puts the well-known part between host and path.
        self.resource_metadata = f"{self.origin}{RESOURCE}{self.base}{MCP}"

    def means(self, resource: str | None) -> bool:
        """Return whether a token for a resource is one for here; None means whatever is here.

        Some write the host as it was typed, or a slash at the end, which the protocol asks servers
        to bear.
        """
        return resource is None or same_address(resource, self.resource)

    @property
    def other_names(self) -> tuple[str, ...]:
        """The issuers under which this very machine reaches the same, in clear text."""
        parts = urlsplit(self.issuer)
        here = {*_NOWHERE, *(host.strip("[]") for host in LOOPBACK)}
        if parts.scheme != "http" or parts.hostname not in here:
            return ()
        port = f":{parts.port}" if parts.port else ""
        issuers = (f"http://{host}{port}{self.base}" for host in LOOPBACK)
        return tuple(issuer for issuer in issuers if issuer != self.issuer)

    @property
    def of_server_metadata(self) -> set[str]:
        """The paths of the authorization server's metadata (RFC 8414 3.1, and 5 for OpenID's).

        Some look for it below the resource, as if that were the issuer.
        """
        ends = {"", self.base, MCP, self.base + MCP}
        return {path + end for path in (SERVER, OPENID) for end in ends}

    @property
    def of_resource_metadata(self) -> set[str]:
        """The paths of the protected resource's metadata (RFC 9728 3.1)."""
        return {RESOURCE, RESOURCE + MCP, f"{RESOURCE}{self.base}{MCP}"}

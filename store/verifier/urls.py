"""Where the authorization server's parts are, as the world sees them."""

from urllib.parse import urlsplit

AUTHORIZE = "/oauth/authorize"
APPROVE = "/oauth/approve"
REGISTER = "/oauth/register"
TOKEN = "/oauth/token"  # noqa: S105
REVOKE = "/oauth/revoke"
MCP = "/mcp"
SERVER = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
RESOURCE = "/.well-known/oauth-protected-resource"


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

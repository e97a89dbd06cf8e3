"""The documents of assistants that people have, as others have read what their makers publish.

None was fetched from its maker: each is from public copies or reports, the last of which is named
with its day. A workspace that adds one of these addresses goes by what it fetched itself.
"""

from store.domain.connections import Client

_ON_THIS_MACHINE = ("http://127.0.0.1/callback", "http://localhost/callback")

KNOWN: dict[str, Client] = {
    address: Client(address, name, redirects, 0)
    for address, name, redirects in (
        # github.com/openstatusHQ/openstatus, pull 2733 and the document as read on 2026-09-24.
        (
            "https://claude.ai/oauth/claude-code-client-metadata",
            "Claude Code",
            ("http://localhost/callback", "http://127.0.0.1/callback"),
        ),
        # github.com/brendanlong/lion-reader, pull 1519; as read on 2026-09-24.
        (
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            "Claude",
            ("https://claude.ai/api/mcp/auth_callback",),
        ),
        # Its maker's "Plugins: Authentication"; as read on 2026-09-24. It would rather sign, and
        # says that it can do without.
        (
            "https://chatgpt.com/oauth/client.json",
            "ChatGPT",
            ("https://chatgpt.com/connector_platform_oauth_redirect",),
        ),
        # As read on 2026-09-24.
        ("https://chatgpt.com/oauth/codex/client.json", "Codex", _ON_THIS_MACHINE),
        # github.com/github/copilot-cli, issues 4793, 4901 and 4926, 2026-09-21. The program goes
        # on from there: 1.0.102 of 2026-11 was seen to listen at /callback.
        (
            "https://github.com/copilot/cli/client-metadata.json",
            "GitHub Copilot CLI",
            ("http://127.0.0.1:33418/", "http://127.0.0.1/callback"),
        ),
        # github.com/anomalyco/opencode, pull 47737, its maker's own; as read on 2026-09-24.
        ("https://opencode.ai/oauth/opencode/client.json", "opencode", _ON_THIS_MACHINE),
        # github.com/microsoft/vscode, issue 298300; as read on 2026-09-24.
        (
            "https://vscode.dev/oauth/client-metadata.json",
            "Visual Studio Code",
            ("http://127.0.0.1:33418/", "https://vscode.dev/redirect"),
        ),
        # github.com/zed-industries/zed, crates/context_server/src/oauth.rs; as read on 2026-09-24.
        (
            "https://zed.dev/oauth/client-metadata.json",
            "Zed",
            ("http://127.0.0.1/callback",),
        ),
    )
}
"""By their addresses."""

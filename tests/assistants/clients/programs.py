"""The assistants: where each is had from, and how it is told to sign in and to list its tools."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.documents import ADDRESS

HERE = Path(__file__).parent
_TOOLS = "list_events"
_LISTING = "\n".join(
    json.dumps({"jsonrpc": "2.0", **message})
    for message in (
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "tests", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
    )
)
_CODEX = "\n".join(
    (
        '{"id":1,"method":"initialize","params":{"clientInfo":{"name":"tests","version":"1"}}}',
        '{"method":"initialized"}',
        '{"id":2,"method":"mcpServerStatus/list","params":{}}',
    )
)

_GEMINI = json.dumps(
    {
        "mcpServers": {"keydeck": {"httpUrl": "@url@"}},
        "security": {
            "auth": {"selectedType": "gemini-api-key"},
            "folderTrust": {"enabled": False},
        },
        "general": {"enableAutoUpdate": False},
        "privacy": {"usageStatisticsEnabled": False},
    }
)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person does with an assistant."""

    words: tuple[str, ...]
    """`@url@` and `@home@` are filled in."""
    said: str = ""
    """What it reads."""
    typed: tuple[tuple[str, str], ...] = ()
    """What is typed into its terminal, each after something was to be seen; with it it has one."""
    until: str = ""
    """What it prints when all is well, a pattern; nothing where its exit code says so."""


@dataclass(frozen=True, slots=True)
class Program:
    """An assistant."""

    name: str
    package: str
    """A package of npm, or of PyPI with `==`."""
    sign_in: Command
    use: Command
    """Lists its tools, or says that it is connected."""
    sign_in_anew: Command | None = None
    """Where that is another way, once its connection has ended."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What its home has from the first, by path; `@url@` is filled in."""
    setting_up: tuple[Command, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
    """A file of ours that is to stand beside its packages."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """The steps that it does not take, by its own doing, and what is seen instead."""
    by_its_clock: bool = False
    """Whether it renews by its own clock alone, and asks for an approval where it is refused."""
    prints: bool = False
    """Whether it opens no browser here, and prints the address."""
    document: Mapping[str, object] = field(default_factory=dict)
    """What its own document says where it goes by its address, and an admin has added that."""


def _sdk(kit: str, package: str, *, by_address: bool = False) -> Program:
    command = Command(("node", "@beside@", "@url@", "@home@/kept.json"), until=_TOOLS)
    given = {"client_name": "SDK", "redirect_uris": ["http://127.0.0.1/callback"]}
    return Program(
        f"TypeScript SDK {kit}{', by its address' if by_address else ''}",
        package,
        command,
        command,
        environment={"KIT": kit, **({"DOCUMENT": ADDRESS} if by_address else {})},
        beside="sdk.mjs",
        document=given if by_address else {},
    )


_REMOTE = Command(("mcp-remote", "@url@"), said=_LISTING, until=_TOOLS)
_FAST = Command((sys.executable, "@beside@", "@url@", "@home@/kept"), until=_TOOLS)
_INSPECTOR = Command(
    (
        *("mcp-inspector", "--cli", "@url@", "--method", "tools/list"),
        # It gives up after 15 s, which a busy machine may need to sign in.
        *("--connect-timeout", "90000"),
    ),
    until=_TOOLS,
)
_COPILOT = Command(
    ("copilot",),
    typed=(("Do you trust the files", "\r"),),
    until="1 server connected",
)
_COPILOT_SERVERS = json.dumps(
    {"mcpServers": {"keydeck": {"type": "http", "url": "@url@", "tools": ["*"]}}}
)
_PYTHON = Command((sys.executable, "@beside@", "@url@", "@home@/kept.json"), until=_TOOLS)
INSPECTOR = Program(
    "MCP Inspector",
    "@modelcontextprotocol/inspector@2.12.0",
    _INSPECTOR,
    _INSPECTOR,
    environment={"MCP_AUTO_OPEN_ENABLED": "true", "MCP_INSPECTOR_SECRET_STORE": "file"},
    limits={"port busy": "has one port, 6276, and ends where somebody else has it"},
    prints=True,
)
# It gives up after 30 s unless it is told otherwise: on a busy machine before it is answered.
_OPENCODE = '{"mcp":{"keydeck":{"type":"remote","url":"@url@","timeout":90000}}}'
PROGRAMS = (
    Program("mcp-remote", "mcp-remote@0.15.1", _REMOTE, _REMOTE, prints=True),
    _sdk("1", "@modelcontextprotocol/sdk@1.32.2"),
    _sdk("2", "@modelcontextprotocol/client@2.4.0"),
    _sdk("2", "@modelcontextprotocol/client@2.4.0", by_address=True),
    Program(
        "mcporter",
        "mcporter@0.12.3",
        Command(("mcporter", "auth", "keydeck", "--reset")),
        Command(("mcporter", "call", "keydeck.list_events"), until='"data"'),
        files={
            "config/mcporter.json": '{"mcpServers":{"keydeck":{"baseUrl":"@url@","auth":"oauth"}}}'
        },
        by_its_clock=True,
        limits=dict.fromkeys(
            ("four at once", "narrow"),
            "listens at another port each time, and throws away what it has of a port that differs",
        ),
    ),
    Program("Python SDK", "mcp==2.3.0", _PYTHON, _PYTHON, beside="sdk.py", by_its_clock=True),
    Program("FastMCP", "fastmcp==4.2.3", _FAST, _FAST, beside="fast.py", by_its_clock=True),
    INSPECTOR,
    Program(
        "Claude Code",
        "@anthropic-ai/claude-code@2.1.332",
        Command(("claude", "mcp", "login", "keydeck"), typed=(("", ""),)),
        Command(("claude", "mcp", "list"), until="✔ Connected"),
        setting_up=(Command(("claude", "mcp", "add", "--transport", "http", "keydeck", "@url@")),),
    ),
    Program(
        "Codex",
        "@openai/codex@0.171.0",
        Command(("codex", "mcp", "login", "keydeck")),
        Command(("codex", "app-server"), said=_CODEX, until=_TOOLS),
        files={".codex/config.toml": '[mcp_servers.keydeck]\nurl = "@url@"\n'},
    ),
    Program(
        "Gemini CLI",
        "@google/gemini-cli@0.61.0",
        Command(
            ("gemini",),
            typed=(
                ("Type your message", "/mcp auth keydeck"),
                ("/mcp auth keydeck", "\r"),
                ("Do you want to continue?", "\r"),
            ),
            until="reloaded tools for 'keydeck'",
        ),
        Command(("gemini", "mcp", "list"), until="✓ keydeck"),
        files={".gemini/settings.json": _GEMINI},
        # It asks for one before anything else, and uses it for its model alone.
        environment={"GEMINI_API_KEY": "none"},
        by_its_clock=True,
    ),
    Program(
        "Copilot CLI",
        "@github/copilot@1.0.102",
        _COPILOT,
        _COPILOT,
        files={".copilot/mcp-config.json": _COPILOT_SERVERS},
        # With a model of one's own it asks for no account; none is called here.
        environment={
            "COPILOT_OFFLINE": "true",
            "COPILOT_PROVIDER_BASE_URL": "http://127.0.0.1:9/v1",
            "COPILOT_MODEL": "none",
        },
        by_its_clock=True,
        sign_in_anew=Command(
            ("copilot",),
            typed=(
                ("Do you trust the files", "\r"),
                # Below its prompt it says what may be typed, and what more once something is.
                ("/ commands", "/mcp auth keydeck"),
                ("@ files", "\r"),
            ),
            until="Successfully authenticated with keydeck",
        ),
    ),
    Program(
        "opencode",
        "opencode-ai@1.18.33",
        Command(("opencode", "mcp", "auth", "keydeck")),
        Command(("opencode", "mcp", "list"), until="✓ keydeck"),
        files={".config/opencode/opencode.json": _OPENCODE},
        limits={"port busy": "has one port, and waits at it whoever has it"},
    ),
)

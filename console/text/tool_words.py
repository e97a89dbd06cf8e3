"""Tools of the admin's own API in words, and as JSON has them. Pure."""

from typing import Any

from store.domain.tools.tool import Tool, ToolDocument


def tool_object(
    document: ToolDocument, tool: Tool, needed: tuple[str, ...] | None
) -> dict[str, Any]:
    """Return a tool as JSON has it; `needed` is None where no route names what it calls."""
    return {
        "name": tool.name,
        "title": tool.title,
        "method": tool.method,
        "path": tool.path,
        "routed": needed is not None,
        "scopes": list(needed or ()),
        "document": document.title,
        "upstream": document.upstream,
        "arguments": tool.arguments,
    }

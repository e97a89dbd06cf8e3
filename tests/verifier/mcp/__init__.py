"""The MCP server's own parts."""

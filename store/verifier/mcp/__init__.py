"""The MCP server: the API's operations as tools, on the protocol's official SDK."""

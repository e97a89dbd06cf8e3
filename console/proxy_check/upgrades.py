"""Requests that ask for another protocol on their connection (RFC 9110 7.8)."""


def upgrading(protocol: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that offer `websocket` (RFC 6455 4.1) or `h2c` (RFC 7540 3.2)."""
    more = (
        (("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"),)
        if protocol == "h2c"
        else (
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        )
    )
    listed = "Upgrade, HTTP2-Settings" if protocol == "h2c" else "Upgrade"
    return (("Connection", listed), ("Upgrade", protocol), *more)

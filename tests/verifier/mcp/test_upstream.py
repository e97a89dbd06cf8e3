"""What comes back of the admin's own API, over a real socket."""

import asyncio

from store.domain.tools.calling import Request
from store.verifier.mcp.upstream import Answer, Upstream

BILLS = Request("GET", "/bills", "", (), None, None)


def answered(*headers: str) -> Answer:
    """Return what is read where an API answers with these headers."""
    said = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *headers, "Content-Length: 2", ""))

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said.encode() + b"[]")
        await writer.drain()
        writer.close()

    async def call() -> Answer:
        upstream = Upstream()
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            try:
                return await upstream.call(f"http://127.0.0.1:{port}", BILLS, ())
            finally:
                await upstream.close()

    return asyncio.run(call())


def test_headers_of_one_name_are_one_in_their_order() -> None:
    first, second = '</bills?page=2>; rel="next"', '</bills?page=9>; rel="last"'
    found = answered(f"Link: {first}", "X-Other: a", f"LINK: {second}")
    assert (found.status, found.body, found.whole) == (200, b"[]", True)
    assert found.headers["link"] == f"{first}, {second}"

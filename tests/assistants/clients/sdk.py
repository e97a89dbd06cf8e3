"""A program on the protocol's Python SDK, which keeps what it was given in a file."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

url, file = sys.argv[1], Path(sys.argv[2])


def kept() -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return {}


def keep(**more: Any) -> None:
    whole = file.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps(kept() | more), "utf-8")
    whole.replace(file)


class Kept:
    """What was given, in the file."""

    async def get_tokens(self) -> OAuthToken | None:
        found = kept().get("tokens")
        return OAuthToken.model_validate(found) if found else None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        ends = time.time() + (tokens.expires_in or 0)
        keep(tokens=tokens.model_dump(mode="json", exclude_none=True), expires_at=ends)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        found = kept().get("client")
        return OAuthClientInformationFull.model_validate(found) if found else None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        keep(client=client_info.model_dump(mode="json", exclude_none=True))


async def main() -> None:
    came: asyncio.Future[dict[str, list[str]]] = asyncio.get_running_loop().create_future()

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readline()).split()[1].decode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nGo back.")
        await writer.drain()
        writer.close()
        if "code=" in target and not came.done():
            came.set_result(parse_qs(urlsplit(target).query))

    try:
        server = await asyncio.start_server(answered, "127.0.0.1", kept().get("port", 0))
    except OSError:
        # Somebody else has the port of the registration.
        server = await asyncio.start_server(answered, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    keep(port=kept().get("port", port))

    async def opened(address: str) -> None:
        subprocess.Popen(["xdg-open", address])

    async def back() -> AuthorizationCodeResult:
        said = await came
        return AuthorizationCodeResult(
            code=said["code"][0], state=said["state"][0], iss=said["iss"][0]
        )

    about = OAuthClientMetadata.model_validate(
        {"client_name": "SDK", "redirect_uris": [f"http://127.0.0.1:{port}/callback"]}
        | {"token_endpoint_auth_method": "none"}
    )
    provider = OAuthClientProvider(url, about, Kept(), opened, back)
    # The SDK forgets when a token that was kept is over: its programs tell it.
    provider.context.token_expiry_time = kept().get("expires_at")
    client = create_mcp_http_client(auth=provider)
    async with client, Client(streamable_http_client(url, http_client=client)) as session:
        print("tools:", *(tool.name for tool in (await session.list_tools()).tools))


asyncio.run(main())

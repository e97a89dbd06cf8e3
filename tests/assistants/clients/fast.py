"""A program on FastMCP, which keeps what it was given in a folder."""

import asyncio
import sys
import webbrowser
from pathlib import Path

from fastmcp import Client
from fastmcp.client.auth import OAuth
from key_value.aio._utils.sanitization import AlwaysHashStrategy
from key_value.aio.stores.filetree import FileTreeStore

url, folder = sys.argv[1:]
webbrowser.register("opener", None, webbrowser.GenericBrowser("xdg-open"), preferred=True)


async def main() -> None:
    place = Path(folder)
    place.mkdir(exist_ok=True)
    kept = FileTreeStore(data_directory=place, key_sanitization_strategy=AlwaysHashStrategy())
    async with Client(url, auth=OAuth(token_storage=kept)) as client:
        print("tools:", *(tool.name for tool in await client.list_tools()))


asyncio.run(main())

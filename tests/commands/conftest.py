"""A command line of one's own: its store, its environment, its standard streams."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from console.commands.entry import run
from tests.house import PASSWORD, House


@dataclass(frozen=True)
class Done:
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Keydeck = Callable[..., Done]


@pytest.fixture
def keydeck(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Keydeck:
    """Run command lines as Alice on the house, in this process."""

    def call(
        *arguments: str,
        given: str | bytes = "",
        email: str = "alice@acme.example",
        password: str = PASSWORD,
    ) -> Done:
        monkeypatch.setenv("KEYDECK_STORE", house.url)
        monkeypatch.setenv("KEYDECK_PEPPER_FILE", str(house.pepper_path))
        monkeypatch.setenv("KEYDECK_AS", email)
        if password:
            monkeypatch.setenv("KEYDECK_PASSWORD", password)
        sent = given if isinstance(given, bytes) else given.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))
        capsys.readouterr()
        status = run(list(arguments))
        streams = capsys.readouterr()
        return Done(status, streams.out, streams.err)

    return call

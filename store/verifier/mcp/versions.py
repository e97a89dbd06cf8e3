"""Whether the header of a message names the version of the protocol that its body does."""

import msgspec
from starlette.types import Scope

from store.verifier.answers import Answer, json_answer
from store.verifier.headers import combined
from store.verifier.problems import Problem

_HEADER = b"mcp-protocol-version"
_MISMATCH = -32020


class _Meta(msgspec.Struct):
    version: str | None = msgspec.field(
        default=None, name="io.modelcontextprotocol/protocolVersion"
    )


class _Params(msgspec.Struct):
    meta: _Meta = msgspec.field(default_factory=_Meta, name="_meta")


class _Said(msgspec.Struct):
    id: str | int | None = None
    params: _Params = msgspec.field(default_factory=_Params)


class HeaderMismatch(Problem):
    """An error as the protocol has it (2026-07-28, streamable HTTP, server validation)."""

    def __init__(self, message_id: str | int | None) -> None:
        super().__init__(
            "invalid_request",
            "mcp-protocol-version header does not match the version in the request body's _meta",
        )
        self._message_id = message_id

    def answer(self, request_id: bytes) -> Answer:
        """Return it as JSON-RPC."""
        error = {"code": _MISMATCH, "message": self.detail}
        said: dict[str, object] = {"jsonrpc": "2.0", "error": error, "id": self._message_id}
        return json_answer(said, self.status)


def check_version(scope: Scope, body: bytes) -> None:
    """Raise HeaderMismatch where a header, or none, says another version than its body.

    The SDK goes by the header alone: what is in front of it may go by it, too, and be told another
    protocol than is spoken. Older versions say nothing in the body.
    """
    try:
        said = msgspec.json.decode(body, type=_Said)
    except msgspec.MsgspecError:
        return  # The protocol says what is wrong with it.
    version = said.params.meta.version
    if version is not None and combined(scope).get(_HEADER) != version.encode("utf-8", "replace"):
        raise HeaderMismatch(said.id)

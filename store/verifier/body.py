"""Reading a JSON body: size, then media type, then shape, in the order the contract gives."""

from typing import TypeVar

import msgspec
from starlette.types import Receive, Scope

from store.verifier.endpoint import Gone
from store.verifier.headers import combined
from store.verifier.problems import Problem, invalid_body, invalid_request
from store.verifier.query import MAX_ESCAPES, TOO_MANY_ESCAPES, parameters
from store.verifier.wanted import explained

MAX_BODY = 64 * 1024
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
"""RFC 7396, which is what PATCH does here."""
FORM = "application/x-www-form-urlencoded"

T = TypeVar("T")


async def read_json(
    scope: Scope,
    receive: Receive,
    decoder: msgspec.json.Decoder[T],
    *,
    accepted: tuple[str, ...] = (JSON,),
) -> T:
    """Return a request's body as the decoder's type.

    Raises Problem: 413 for more than 64 KiB, announced or arriving; 415 unless it is JSON in UTF-8
    without an encoding; 422 naming the field. Raises Gone when the client leaves.
    """
    return decoded(await read_body(scope, receive, accepted=accepted), decoder)


async def read_body(
    scope: Scope, receive: Receive, *, accepted: tuple[str, ...] = (JSON,)
) -> bytes:
    """Return a request's body as it came. Raises what `read_json` raises, but no 422."""
    headers = {name: value.decode("latin-1") for name, value in combined(scope).items()}
    body = await _read(headers.get(b"content-length"), receive)
    _check_media_type(headers, accepted)
    return body


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Return a body as the decoder's type. Raises Problem: 422 naming the field."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid_body(explained(error, decoder.type)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid_body("The body is not valid JSON.") from None


async def read_form(scope: Scope, receive: Receive) -> dict[str, list[str]]:
    """Return the fields of a form that was sent, each with its values.

    Raises Problem as `read_body` does, 400 for too many fields or escapes; raises Gone.
    """
    form = await read_body(scope, receive, accepted=(FORM,))
    if form.count(b"%") > MAX_ESCAPES:
        raise invalid_request(TOO_MANY_ESCAPES)
    return parameters(form)


async def _read(announced: str | None, receive: Receive) -> bytes:
    if announced is not None and announced.isdecimal() and _too_long(announced):
        raise _too_large()
    return await _received(receive)


async def _received(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _too_large()
        more = message.get("more_body", False)
    return body


def _too_long(announced: str) -> bool:
    # Python refuses to convert numbers of thousands of digits; zeros may stand before one.
    digits = announced.lstrip("0")
    return len(digits) > 18 or int(digits or "0") > MAX_BODY


def _too_large() -> Problem:
    return Problem("too_large", f"The body may have {MAX_BODY} bytes at most.")


def _check_media_type(headers: dict[bytes, str], accepted: tuple[str, ...]) -> None:
    essence, *attributes = headers.get(b"content-type", "").lower().split(";")
    charsets = [
        value.strip().strip('"')
        for name, _, value in (attribute.partition("=") for attribute in attributes)
        if name.strip() == "charset"
    ]
    encoding = headers.get(b"content-encoding", "identity").strip().lower()
    if (
        essence.strip() not in accepted
        or any(charset not in ("utf-8", "utf8") for charset in charsets)
        or encoding != "identity"
    ):
        raise Problem("unsupported_media_type", f"Send Content-Type: {accepted[0]}, in UTF-8.")

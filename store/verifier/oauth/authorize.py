"""Where a browser brings an assistant's request, before anybody is asked (RFC 6749 4.1.1)."""

import re

from starlette.types import Receive, Scope

from store.domain.client_addresses import host_of, is_address
from store.domain.connections import Client
from store.domain.redirects import with_parameters
from store.errors import ClientNotKnown, Invalid, TooManyAuthorizationRequests
from store.service.authorization_requests import Wanted
from store.verifier import urls
from store.verifier.answers import Answer, answer
from store.verifier.oauth import cookies
from store.verifier.oauth.executor import Executor
from store.verifier.oauth.page import PageProblem
from store.verifier.query import parameters
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls

LONGEST_STATE = 2000
# RFC 7636 4.2: SHA-256 in base64url without padding.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Authorize:
    """Checks a request and gives its browser a page. Nothing is redirected anywhere unasked.

    RFC 9700 4.11.2: anybody may register, so sending a browser on without a person's click would
    let anybody use this address to send people to theirs.
    """

    def __init__(self, executor: Executor, where: Urls, requestable: RequestableScopes) -> None:
        self._executor = executor
        self._where = where
        self._requestable = requestable

    async def get(self, scope: Scope, receive: Receive) -> Answer:
        """Keep the request and send the browser to its page, with the cookie that opens it."""
        given = parameters(scope["query_string"])
        client_id = _single(given, "client_id")
        client = await self._client(client_id or "")
        if client is None:
            raise PageProblem(
                "This assistant is not registered here",
                "It registers anew when you begin again: remove its connection there, then add it.",
            )
        redirect_uri = _single(given, "redirect_uri")
        if redirect_uri is None or not client.may_be_answered_at(redirect_uri):
            raise _somewhere_else(client)
        wanted = self._wanted(given, client, redirect_uri)
        network = self._executor.network(scope)
        try:
            brought = await self._executor.run(
                lambda store: store.authorization_requests.ask(wanted, network)
            )
        except TooManyAuthorizationRequests as error:
            raise PageProblem("Too many requests", str(error), status=429) from None
        except ClientNotKnown as error:
            title = "This assistant is not known here"
            raise PageProblem(title, str(error), command=error.command, status=403) from None
        ask_id = brought.ask.id
        page = f"{self._where.issuer}{urls.APPROVE}?ask={ask_id}"
        cookie = cookies.set_header(self._where, ask_id, brought.browser)
        return answer(303, b"", b"text/plain", ((b"location", page.encode("ascii")), cookie))

    async def _client(self, client_id: str) -> Client | None:
        try:
            client = await self._executor.run(lambda store: store.clients.get(client_id))
        except Invalid as error:
            raise PageProblem("This assistant's id is no address", str(error)) from None
        if client is None and is_address(client_id):
            unknown = ClientNotKnown(client_id)
            raise PageProblem(
                f"{host_of(client_id)} is not known here",
                str(unknown),
                command=unknown.command,
                status=403,
            )
        return client

    def _wanted(self, given: dict[str, list[str]], client: Client, redirect_uri: str) -> Wanted:
        state = _single(given, "state")

        def refused(error: str, sentence: str) -> PageProblem:
            back = with_parameters(
                redirect_uri,
                error=error,
                error_description=sentence,
                state=state,
                iss=self._where.issuer,
            )
            return PageProblem("This request cannot be approved", sentence, back=back)

        if state is not None and len(state) > LONGEST_STATE:
            state = None
            raise refused("invalid_request", f"state has more than {LONGEST_STATE} characters.")
        if _single(given, "response_type") != "code":
            raise refused("unsupported_response_type", "response_type must be code.")
        if _single(given, "response_mode") not in (None, "query"):
            raise refused("invalid_request", "response_mode must be query.")
        challenge = _single(given, "code_challenge") or ""
        # Absent it would mean plain (RFC 7636 4.3), which proves nothing.
        if _single(given, "code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise refused("invalid_request", "PKCE with code_challenge_method=S256 is required.")
        if not self._where.means(_single(given, "resource")):
            raise refused("invalid_target", f"resource must be {self._where.resource}.")
        scopes = self._requestable.known(_single(given, "scope") or "")
        return Wanted(client.id, redirect_uri, state, challenge, scopes, self._where.resource)


def _somewhere_else(client: Client) -> PageProblem:
    title = "This assistant wants its answer somewhere else"
    if not is_address(client.id):
        return PageProblem(
            title, "It asked to send you to an address that it did not register. Nothing was given."
        )
    command = ClientNotKnown(client.id).command
    return PageProblem(
        title,
        "It asked to send you to an address that is not in its maker's document, as that is known "
        f"here. Nothing was given. Where the document says more by now, an admin reads it anew "
        f"with {command}. Then begin again in the assistant.",
        command=command,
    )


def _single(given: dict[str, list[str]], name: str) -> str | None:
    values = given.get(name, [])
    if len(values) > 1:
        raise PageProblem("This request cannot be approved", f"{name} is given more than once.")
    return values[0] if values and values[0] else None

"""What programs call: the two metadata documents, registration, tokens, the end of a connection."""

import msgspec
from starlette.types import Receive, Scope

from store.domain.key_string import Secret
from store.service.tokens import Pair, Presented
from store.verifier import urls
from store.verifier.answers import Answer, json_answer
from store.verifier.body import read_form, read_json
from store.verifier.oauth.executor import Executor
from store.verifier.oauth.outside_renewals import OutsideRenewals
from store.verifier.oauth.refusals import OAuthProblem, needed, one, refusing
from store.verifier.problems import Problem
from store.verifier.requestable_scopes import RequestableScopes
from store.verifier.urls import Urls

_NAMELESS = "An assistant without a name"


class Registration(msgspec.Struct):
    """What a program says of itself (RFC 7591 2). All else that it says is ignored."""

    redirect_uris: list[str]
    client_name: str | None = None
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    response_types: tuple[str, ...] = ("code",)


class Registered(msgspec.Struct):
    """What it is told (RFC 7591 3.2.1): a client without a secret, whatever it asked for."""

    client_id: str
    client_id_issued_at: int
    client_name: str
    redirect_uris: list[str]
    grant_types: list[str]
    response_types: list[str]
    token_endpoint_auth_method: str
    scope: str


class Tokens(msgspec.Struct):
    """New tokens (RFC 6749 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    scope: str


class ClientEndpoints:
    """The endpoints that no person sees. Clients are public: what protects a code is PKCE."""

    def __init__(
        self,
        executor: Executor,
        where: Urls,
        requestable: RequestableScopes,
        outside: OutsideRenewals,
    ) -> None:
        self._executor = executor
        self._outside = outside
        self._where = where
        self._requestable = requestable
        self._registration = msgspec.json.Decoder(Registration)

    def resource_metadata(self, scope: Scope) -> Answer:
        """Answer who protects the MCP server (RFC 9728)."""
        return json_answer(
            {
                "resource": self._where.resource,
                "authorization_servers": [self._where.issuer],
                "scopes_supported": self._requestable.told().split(),
                "bearer_methods_supported": ["header"],
                "resource_name": "keydeck",
                "resource_documentation": f"{self._where.issuer}/docs",
            }
        )

    def server_metadata(self, scope: Scope) -> Answer:
        """Answer what the authorization server can do (RFC 8414)."""
        issuer = self._where.issuer
        return json_answer(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + urls.AUTHORIZE,
                "token_endpoint": issuer + urls.TOKEN,
                "registration_endpoint": issuer + urls.REGISTER,
                "revocation_endpoint": issuer + urls.REVOKE,
                "scopes_supported": self._requestable.told().split(),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": ["none"],
                "revocation_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
                # Those that are known here: nothing is fetched for whoever asks.
                "client_id_metadata_document_supported": True,
                "service_documentation": f"{issuer}/docs",
            }
        )

    async def register(self, scope: Scope, receive: Receive) -> Answer:
        """Register a program (RFC 7591)."""
        try:
            metadata = await read_json(scope, receive, self._registration)
        except Problem as problem:
            if problem.code not in ("invalid_body", "unsupported_media_type"):
                raise
            raise OAuthProblem("invalid_client_metadata", problem.detail) from None
        if (
            "authorization_code" not in metadata.grant_types
            or "code" not in metadata.response_types
        ):
            raise OAuthProblem(
                "invalid_client_metadata", "Only the authorization code grant is known here."
            )
        network = self._executor.network(scope)
        name = metadata.client_name or _NAMELESS
        with refusing():
            client = await self._executor.run(
                lambda store: store.clients.register(name, metadata.redirect_uris, network)
            )
        return json_answer(
            Registered(
                client_id=client.id,
                client_id_issued_at=client.created_at // 1000,
                client_name=client.name,
                redirect_uris=list(client.redirect_uris),
                grant_types=["authorization_code", "refresh_token"],
                response_types=["code"],
                token_endpoint_auth_method="none",  # noqa: S106
                scope=self._requestable.told(),
            ),
            201,
        )

    async def token(self, scope: Scope, receive: Receive) -> Answer:
        """Exchange a code or a refresh token for tokens (RFC 6749 4.1.3 and 6)."""
        given = await read_form(scope, receive)
        match needed(given, "grant_type"):
            case "authorization_code":
                pair = await self._exchange(given)
            case "refresh_token":
                pair = await self._renew(scope, given)
            case _:
                raise OAuthProblem(
                    "unsupported_grant_type", "Send authorization_code or refresh_token."
                )
        return json_answer(
            Tokens(
                access_token=pair.access.reveal(),
                token_type="Bearer",  # noqa: S106
                expires_in=pair.lasts_ms // 1000,
                refresh_token=pair.refresh.reveal(),
                scope=" ".join(sorted(map(str, pair.scopes))),
            ),
            headers=((b"pragma", b"no-cache"),),
        )

    async def revoke(self, scope: Scope, receive: Receive) -> Answer:
        """End the connection of a token (RFC 7009); 200 for a token that is none, too."""
        given = await read_form(scope, receive)
        token, client_id = Secret(needed(given, "token")), needed(given, "client_id")
        # It is the assistant's own, and is answered at once: nobody who could wait for a receipt
        # is told of one, and other verifiers follow within a lease, as RFC 7009 2.1 allows.
        await self._executor.run(lambda store: store.tokens.end(token, client_id).unwaited())
        return json_answer({})

    async def _exchange(self, given: dict[str, list[str]]) -> Pair:
        self._check_target(given)
        presented = Presented(
            code=Secret(needed(given, "code")),
            client_id=needed(given, "client_id"),
            redirect_uri=needed(given, "redirect_uri"),
            verifier=Secret(needed(given, "code_verifier")),
            resource=self._where.resource,
        )
        with refusing():
            return await self._executor.run(lambda store: store.tokens.exchange(presented))

    async def _renew(self, scope: Scope, given: dict[str, list[str]]) -> Pair:
        self._check_target(given)
        address = self._executor.address(scope)
        refresh, client_id = Secret(needed(given, "refresh_token")), needed(given, "client_id")
        asked = one(given, "scope")
        wanted = None if asked is None else self._requestable.known(asked)
        with refusing(), self._outside.counted(scope, address):
            return await self._executor.run(
                lambda store: store.tokens.renew(refresh, client_id, wanted, address)
            )

    def _check_target(self, given: dict[str, list[str]]) -> None:
        if not self._where.means(one(given, "resource")):
            raise OAuthProblem("invalid_target", f"Tokens are given for {self._where.resource}.")

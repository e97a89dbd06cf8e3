"""A dependency for FastAPI, and for whatever else gives its handlers Starlette's requests."""

from starlette.exceptions import HTTPException
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response

from store.client.answer import Identity, Refused, as_text
from store.client.authorizer import Authorizer
from store.client.question import Request


class KeyNeeded:
    """Gives a handler the `Identity` of its request: `Depends(KeyNeeded(authorizer, "a:read"))`."""

    def __init__(self, authorizer: Authorizer, *scopes: str) -> None:
        """The key needs these scopes, or else what the store's routes say."""
        self._authorizer = authorizer
        self._scopes = scopes

    async def __call__(
        self,
        request: StarletteRequest,
        # FastAPI gives one to add headers to; an optional type it would take for the query.
        response: Response = None,  # type: ignore[assignment]
    ) -> Identity:
        """Return whose key it is. Raises HTTPException with what the verifier said.

        `response`, where there is one, tells of the key's end and its limits.
        """
        try:
            identity = await self._authorizer.authorize_async(
                Request.of_asgi(request.scope), self._scopes
            )
        except Refused as refused:
            headers = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in refused.headers
            }
            raise HTTPException(refused.status, refused.detail or refused.code, headers) from None
        if response is not None:
            for name, value in as_text(identity.missing_in(response.headers.raw)):
                response.headers.append(name, value)
        return identity

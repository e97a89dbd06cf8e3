"""How OAuth refuses: an error by name in JSON, for programs."""

from collections.abc import Iterator
from contextlib import contextmanager

from store.errors import GrantRefused, Invalid, TooManyAuthorizationRequests
from store.verifier.answers import Answer, json_answer
from store.verifier.problems import Problem


class OAuthProblem(Problem):
    """An error of RFC 6749 5.2 or RFC 7591 3.2.2."""

    def __init__(self, error: str, detail: str, status: int = 400) -> None:
        super().__init__("invalid_request", detail)
        self.error = error
        self.status = status

    def answer(self, request_id: bytes) -> Answer:
        """Return it as JSON."""
        body = {"error": self.error, "error_description": self.detail}
        return json_answer(body, self.status)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a use case refuses into what OAuth calls it."""
    try:
        yield
    except GrantRefused as error:
        raise OAuthProblem(error.error, error.sentence) from None
    except TooManyAuthorizationRequests as error:
        raise OAuthProblem("temporarily_unavailable", str(error), 429) from None
    except Invalid as error:
        wrong = {"redirect_uris": "invalid_redirect_uri"}
        raise OAuthProblem(wrong.get(error.field, "invalid_client_metadata"), str(error)) from None


def one(given: dict[str, list[str]], name: str) -> str | None:
    """Return a parameter's value, None where it is absent or empty (RFC 6749 3.1, 3.2).

    Raises OAuthProblem when it is given twice.
    """
    values = given.get(name, [])
    if len(values) > 1:
        raise OAuthProblem("invalid_request", f"{name} is given more than once.")
    return values[0] if values and values[0] else None


def needed(given: dict[str, list[str]], name: str) -> str:
    """Return a parameter's value. Raises OAuthProblem when it is absent, empty or given twice."""
    value = one(given, name)
    if value is None:
        raise OAuthProblem("invalid_request", f"{name} is missing.")
    return value

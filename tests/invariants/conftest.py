"""The served store of `tests.verifier`, for the promises that only a request can test."""

from tests.verifier.conftest import own, own_house

__all__ = ["own", "own_house"]

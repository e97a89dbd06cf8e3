"""A house on today's clock, and the one it is copied from."""

from tests.verifier.conftest import own_house

__all__ = ["own_house"]

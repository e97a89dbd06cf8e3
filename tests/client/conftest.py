"""The served house of the verifier's own tests."""

from tests.verifier.conftest import own_house, served

__all__ = ["own_house", "served"]

"""What opens the page of a request for approval: a secret that its browser alone was given.

Signing in there adds a second one, after a dot. From then on the first alone still opens the page,
but as nobody's: whoever planted it in somebody's browser before has not signed in with them.
"""

import secrets
from dataclasses import dataclass

from store.credentials.peppers import Peppers
from store.domain.key_string import Secret
from store.persistence.repositories.authorization_requests import RequestDigests


@dataclass(frozen=True, slots=True)
class PageSecret:
    """What a browser presents, beside what is kept of it."""

    peppers: Peppers
    kept: RequestDigests
    presented: Secret

    @property
    def own(self) -> str:
        """What the browser was given when it brought the request, before anybody signed in."""
        return self.presented.reveal().partition(".")[0]

    @property
    def opens(self) -> bool:
        """Whether it is the browser that brought the request."""
        return self._fits(self.own, self.kept.browser)

    @property
    def decides(self) -> bool:
        """Whether nobody has signed in there, or they have with this."""
        return self.kept.session is None or self._fits(self.presented.reveal(), self.kept.session)

    def renewed(self) -> tuple[Secret, bytes]:
        """Return what opens the page from now on, and what is to be kept of it."""
        made = Secret(f"{self.own}.{secrets.token_urlsafe(32)}")
        return made, self.peppers.digest(made, self.kept.pepper)

    def _fits(self, presented: str, digest: bytes) -> bool:
        return self.kept.pepper in self.peppers and self.peppers.matches(
            presented, self.kept.pepper, digest
        )

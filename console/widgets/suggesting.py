"""What a field offers to complete, asked of whoever knows as it is typed."""

from collections.abc import Awaitable, Callable, Sequence

from textual.suggester import Suggester

from console.text.safe import safe

Offers = Callable[[str], Awaitable[Sequence[str]]]
"""Returns what there is that begins so, first choice first."""


async def nothing(begun: str) -> Sequence[str]:
    """Offer nothing."""
    return ()


class Offering(Suggester):
    """Offers what the last word of a field, or all of it, can become."""

    def __init__(self, offers: Offers, *, words: bool = False) -> None:
        """With `words` there are several in the field, with blanks between."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._offers = offers
        self._words = words

    async def get_suggestion(self, value: str) -> str | None:
        """Return the field with its end completed, where that only adds to it."""
        start = value.rfind(" ") + 1 if self._words else 0
        begun = value[start:]
        if not begun:
            return None
        fitting = (one for one in await self._offers(begun) if one.startswith(begun))
        found = next((one for one in fitting if one != begun and safe(one) == one), None)
        return None if found is None else value[:start] + found

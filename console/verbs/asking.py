"""Asking until an answer is accepted: refused, the dialog comes back with what was given."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from store.errors import KeydeckError, NotAllowed

if TYPE_CHECKING:
    from textual.screen import Screen

    from console.host import Host

A = TypeVar("A")
R = TypeVar("R")


async def ask_until(
    app: "Host",
    dialog: "Callable[[A | None, str | None], Screen[A | None]]",
    act: Callable[[A], Awaitable[R]],
    refused: Callable[[KeydeckError], Awaitable[None]] | None = None,
) -> tuple[A, R] | None:
    """Ask, and act upon the answer; return both, or None where there was no answer.

    `dialog` makes the question: of the answer that was refused, and why, where one was. `refused`
    looks at what has changed, before it is asked again. Raises NotAllowed: no answer helps there.
    """
    answer: A | None = None
    error: str | None = None
    while True:
        answer = await app.push_screen_wait(dialog(answer, error))
        if answer is None:
            return None
        try:
            return answer, await act(answer)
        except NotAllowed:
            raise
        except KeydeckError as refusal:
            error = str(refusal)
            if refused is not None:
                await refused(refusal)

"""Asking until an answer is accepted, and looking again every so often: once each, for all."""

import asyncio
from typing import Any, cast

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from console.host import Host
from console.verbs.asking import ask_until
from console.widgets.polling import poll
from store.errors import AdminsOnly, Invalid, KeydeckError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


class Asked:
    """A host without a screen: it gives one answer after the other."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.questions: list[tuple[str | None, str | None]] = []

    async def push_screen_wait(self, dialog: Any) -> Any:
        """Give the next answer."""
        self.questions.append(dialog)
        return self.answers.pop(0)


def question(given: str | None, error: str | None) -> Screen[str | None]:
    """Return what a dialog would be made of, in its place."""
    return cast("Screen[str | None]", (given, error))


async def only_good(answer: str) -> int:
    """Refuse every answer but one."""
    if answer != "good":
        raise AdminsOnly("do it") if answer == "forbidden" else Invalid("answer", f"Not {answer}.")
    return len(answer)


async def test_what_is_refused_is_asked_again_with_what_was_given_and_why() -> None:
    host, looked = Asked("bad", "worse", "good"), []

    async def refused(error: KeydeckError) -> None:
        looked.append(str(error))

    done = await ask_until(cast("Host", host), question, only_good, refused)
    assert done == ("good", 4)
    assert host.questions == [(None, None), ("bad", "Not bad."), ("worse", "Not worse.")]
    assert looked == ["Not bad.", "Not worse."]


async def test_no_answer_ends_it_and_so_does_what_no_answer_helps_against() -> None:
    host = Asked("bad", None)
    assert await ask_until(cast("Host", host), question, only_good) is None
    with pytest.raises(AdminsOnly):
        await ask_until(cast("Host", Asked("forbidden", "good")), question, only_good)


class Bare(App[None]):
    """One line to draw on."""

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield Static("", id="line")


async def test_polling_says_each_trouble_and_once_that_it_is_over_and_rests_while_hidden() -> None:
    given: list[int | KeydeckError] = [1, Invalid("a", "No."), Invalid("a", "No."), 2, 3]
    told: list[object] = []
    wake = asyncio.Event()
    app = Bare()

    async def read() -> int:
        one = given.pop(0)
        if given:
            wake.set()
        if isinstance(one, KeydeckError):
            raise one
        return one

    def show(one: int) -> None:
        told.append(one)
        line.display = one != 3

    def trouble(error: KeydeckError | None) -> bool:
        told.append(error and str(error))
        return True

    async with app.run_test() as pilot:
        line = app.query_one("#line")
        polling = app.run_worker(poll(line, read, show, trouble, every=60, wake=wake, at_once=True))
        while line.display:
            await pilot.pause(0.01)
        assert told == [1, "No.", "No.", None, 2, 3]
        # Nothing is left to read: while it is hidden nothing is.
        wake.set()
        await pilot.pause()
        assert not polling.is_finished
        given.append(4)
        line.display = True
        wake.set()
        while told[-1] != 4:
            await pilot.pause(0.01)
        polling.cancel()


async def test_polling_ends_where_trouble_ends_it() -> None:
    app = Bare()

    async def read() -> int:
        raise AdminsOnly("look")

    async with app.run_test():
        line = app.query_one("#line")
        await poll(line, read, lambda one: None, lambda error: False, every=60, at_once=True)

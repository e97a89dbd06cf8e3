"""Why: a trace for the current key at once, and for a request id that is typed or pasted."""

import pytest
from textual.events import Paste

from console.text.why_words import advice
from store.domain.clock import FixedClock
from store.domain.people import Plan
from store.domain.request_ids import PURPOSE, RequestIds
from store.domain.times import DAY
from store.domain.usage import REFUSALS_KEPT, Refusal
from store.domain.verdicts import Verdict
from store.verifier.lookup.open import open_lookup
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write
from tests.console.driving import (
    LARGE,
    SMALL,
    console,
    opened,
    press,
    screen_text,
    sees,
    type_in,
    until,
)
from tests.house import House

pytestmark = pytest.mark.anyio


def refuse(house: House, key_id: str, verdict: Verdict, times: int) -> str:
    """Let a key be refused some times now, as the verifier writes it; return the last id."""
    row = open_lookup(house.store.database).key(key_id)
    assert row is not None
    batch, now = Batch(), house.clock.now()
    ids = RequestIds(house.store.peppers.derive_newest(PURPOSE), FixedClock(now))
    made = ""
    for _ in range(times):
        made = ids.make(verdict.value).decode()
        batch.count(row, verdict, now, "10.0.3.7", ())
        refusal = Refusal(now, verdict, "10.0.3.7", "zapier/2", "GET", "/api/v1/events", made)
        batch.refuse(row, refusal)
    write(house.store.database, batch)
    return made


async def test_the_current_keys_trace_says_where_a_request_ends_and_who_tries(
    house: House,
) -> None:
    issued = house.create("Zapier")
    house.clock.advance(93 * DAY)
    refuse(house, issued.key.id, Verdict.EXPIRED, 812)
    async with opened(console(house), SMALL, shows="○ Still tried") as pilot:
        await sees(pilot, "1 still tried")
        await press(pilot, "w")
        await sees(pilot, "Refused now: expired")
        text = screen_text(pilot)
        for said in (
            "✓ secret",
            "✕ state     the key had expired",
            "· not asked stop, plan, network, scope, limit",
            "It expired 3 d ago: make a new key",
            "10.0.3.7 tried 812 times in all.",
        ):
            assert said in text


async def test_a_request_id_is_explained_wherever_it_is_pasted(house: House) -> None:
    issued = house.create("Website")
    made = refuse(house, issued.key.id, Verdict.SCOPE, 1)
    async with opened(console(house), LARGE, shows="Website") as pilot:
        await press(pilot, "3")
        pilot.app.post_message(Paste(f'{{"code": "scope", "request_id": "{made}"}}\n'))
        await sees(pilot, "Refused: the key lacked a scope that was needed")
        for said in ("GET /api/v1/events", "10.0.3.7, zapier/2", "Website, jw_"):
            assert said in screen_text(pilot)


async def test_what_is_no_id_is_said_and_another_can_be_asked_about(house: House) -> None:
    house.create("Website")
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "4", "w", "enter")
        await sees(pilot, "Paste the request_id")
        await type_in(pilot, "req_nothing")
        await press(pilot, "enter")
        await sees(pilot, "is no request id of this store")
        missing = (
            RequestIds(house.store.peppers.derive_newest(PURPOSE), house.clock)
            .make("missing")
            .decode()
        )
        await press(pilot, "ctrl+u")
        pilot.app.post_message(Paste(missing))
        await sees(pilot, "Refused: no API key came with it")
        assert "is no request id" not in screen_text(pilot)


async def test_what_the_field_begins_with_gives_way_and_takes_its_answer_with_it(
    house: House,
) -> None:
    house.create("Website")
    missing = (
        RequestIds(house.store.peppers.derive_newest(PURPOSE), house.clock).make("missing").decode()
    )
    async with opened(console(house), SMALL, shows="Website") as pilot:
        await press(pilot, "w")
        await sees(pilot, "Would it be let in?")
        await sees(pilot, "Let in now")
        pilot.app.post_message(Paste(f"request_id: {missing}"))
        await sees(pilot, "Refused: no API key came with it")
        assert "Would it be let in?" not in screen_text(pilot)
        await press(pilot, "escape", "w")
        await sees(pilot, "Let in now")
        await type_in(pilot, "r")
        await until(pilot, lambda: "Let in now" not in screen_text(pilot), "the answer gone")
        await press(pilot, "enter")
        await sees(pilot, "“r”")


def test_whoever_tried_is_somebody_once_other_refusals_have_come_since(house: House) -> None:
    issued = house.create("Website")
    refuse(house, issued.key.id, Verdict.PLAN, 1)
    house.clock.advance(DAY)
    refuse(house, issued.key.id, Verdict.SCOPE, REFUSALS_KEPT)
    house.store.operator.set_plan("acme-events", Plan.FREE)
    decision = house.store.why.explain(house.alice, issued.key.id)
    assert advice(decision, house.clock.now(), "jw")[-1] == "Somebody tried 1 time in all."

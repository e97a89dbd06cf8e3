"""Fetching what an assistant says of itself: from a real server, by rules that are the real ones.

Only where names lead, and to where one is connected, is the test's.
"""

import asyncio
from collections.abc import Iterator

import pytest

from console.client_documents.fetch import Fetcher, NotFetched, resolved
from store.domain.client_documents.document import LONGEST
from store.errors import Invalid
from tests.documents import ADDRESS, PUBLIC_ADDRESS, Maker, answer, document, maker

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The console runs on asyncio."""
    return "asyncio"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """The maker's server, of all tests here."""
    with maker(tmp_path_factory.mktemp("maker")) as running:
        yield running


@pytest.fixture
def desk(server: Maker) -> Maker:
    """The maker's server, which has not been asked."""
    server.says, server.holds = answer(document()), False
    server.leads_to = [(PUBLIC_ADDRESS,)]
    for heard in (server.asked, server.resolved, server.connected):
        heard.clear()
    return server


async def test_a_document_comes_over_tls_from_the_very_address_that_was_looked_at(
    desk: Maker,
) -> None:
    assert await desk.fetcher().fetch(ADDRESS) == document()
    assert (desk.resolved, desk.connected) == (["desk.example"], [PUBLIC_ADDRESS])
    [asked] = desk.asked
    assert asked.lower().startswith(b"get /client.json http/1.1\r\nhost: desk.example\r\n")
    assert b"cookie" not in asked.lower()


async def test_a_name_is_resolved_once_so_that_it_leads_nowhere_else_by_then(
    desk: Maker,
) -> None:
    desk.leads_to = [(PUBLIC_ADDRESS,), ("127.0.0.1",)]
    await desk.fetcher().fetch(ADDRESS)
    assert desk.connected == [PUBLIC_ADDRESS]


@pytest.mark.parametrize(
    "addresses",
    [
        *[("127.0.0.1",), ("::1",), ("169.254.169.254",), ("10.1.2.3",), ("fd00::1",)],
        *[("::ffff:127.0.0.1",), ("64:ff9b::7f00:1",), ("2002:7f00:1::",), ("0.1.2.3",)],
        *[("2130706433",), ("0x7f000001",), ("fe80::1%1",)],
        # One that is none is enough: whoever rebinds mixes them.
        *[(PUBLIC_ADDRESS, "127.0.0.1"), ("10.0.0.1", PUBLIC_ADDRESS), ()],
    ],
)
async def test_nothing_is_asked_where_a_name_leads_to_no_public_address(
    desk: Maker, addresses: tuple[str, ...]
) -> None:
    desk.leads_to = [addresses]
    with pytest.raises(NotFetched, match=r"public internet|no address"):
        await desk.fetcher().fetch(ADDRESS)
    assert (desk.connected, desk.asked) == ([], [])


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "127.1"])
async def test_what_this_machines_own_resolver_says_is_looked_at(name: str) -> None:
    async def by_the_machine(_: str, port: int) -> list[str]:
        try:
            return list(await resolved(name, port))
        except OSError:
            return []

    with pytest.raises(NotFetched, match=r"public internet|no address"):
        await Fetcher(by_the_machine).fetch(ADDRESS)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (answer(b"", "302 Found", "Location: https://desk.example/x"), r"leads elsewhere \(302\)"),
        (answer(b"", "304 Not Modified"), r"leads elsewhere \(304\)"),
        (answer(document(), "404 Not Found"), "answers 404"),
        (answer(document(), "206 Partial Content"), "answers 206"),
        (answer(document(), "200 OK", "Content-Type: text/html"), "not called JSON"),
        (answer(document(), "200 OK", "X-Other: 1"), "not called JSON"),
        (
            answer(b"x", "200 OK", "Content-Type: application/json", "Content-Encoding: gzip"),
            "packed",
        ),
        (answer(b" " * (LONGEST + 1)), "more than 5120 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            b"\r\n"
            + b"400\r\n"
            + b" " * 1024
            + b"\r\n"
            + b"1400\r\n"
            + b" " * 5120
            + b"\r\n0\r\n\r\n",
            "more than 5120 bytes",
        ),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 40_000, "does not speak HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not speak HTTP"),
        (b"", r"does not speak HTTP|ended"),
        (answer(document())[:-5], r"does not speak HTTP|ended"),
    ],
)
async def test_an_answer_that_is_no_document_is_refused(desk: Maker, says: bytes, why: str) -> None:
    desk.says = says
    with pytest.raises(NotFetched, match=why):
        await desk.fetcher().fetch(ADDRESS)
    assert len(desk.asked) == 1


async def test_what_is_json_by_another_name_is_taken(desk: Maker) -> None:
    desk.says = answer(document(), "200 OK", "Content-Type: Application/Client+JSON; charset=utf-8")
    assert await desk.fetcher().fetch(ADDRESS) == document()


async def test_a_server_that_holds_on_without_a_word_is_left(desk: Maker) -> None:
    desk.says, desk.holds = answer(document())[:-1], True
    with pytest.raises(NotFetched, match="took longer than 1 s"):
        await desk.fetcher(patience_s=1).fetch(ADDRESS)


async def test_a_server_that_is_not_who_it_should_be_is_told_nothing(desk: Maker) -> None:
    with pytest.raises(NotFetched, match=r"certificate is not its own"):
        await desk.fetcher().fetch("https://claude.ai/oauth/other")
    strangers = desk.fetcher()
    with pytest.raises(NotFetched, match=r"certificate is not its own"):
        await Fetcher(strangers.resolve, strangers.connect).fetch(ADDRESS)
    assert desk.asked == []


async def test_another_address_is_tried_where_one_does_not_answer(desk: Maker) -> None:
    desk.leads_to = [("2606:4700::1111", PUBLIC_ADDRESS)]
    real = desk.fetcher()

    async def connect(address: str, *more: object) -> tuple[object, object]:
        if ":" in address:
            raise OSError("unreachable")
        return await real.connect(address, *more)  # type: ignore[arg-type]

    fetcher = Fetcher(real.resolve, connect, real.tls)  # type: ignore[arg-type]
    assert await fetcher.fetch(ADDRESS) == document()


async def test_what_is_no_address_is_not_even_looked_up(desk: Maker) -> None:
    for address in ("http://desk.example/c", "https://127.0.0.1/c", "https://a@desk.example/c"):
        with pytest.raises(Invalid):
            await desk.fetcher().fetch(address)
    assert desk.resolved == []


async def test_many_ask_at_once_and_none_waits_for_another(desk: Maker) -> None:
    found = await asyncio.gather(*(desk.fetcher().fetch(ADDRESS) for _ in range(3)))
    assert found == [document()] * 3

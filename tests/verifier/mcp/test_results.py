"""What an assistant is told of an answer: never too much, and what it can do next."""

import asyncio
import json
from typing import Any

import pytest

from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.tool import Tool
from store.verifier.mcp.results import MOST_AT_ONCE, MOST_TOLD, told, told_meanwhile, untold
from store.verifier.mcp.upstream import Answer, Unanswered

USER = {
    "type": "object",
    "properties": {"name": {}, "password": {"type": "string", "writeOnly": True}},
}


def made(method: str, of: dict[str, Any] = USER) -> Tool:
    content = {"application/json": {"schema": {"type": "array", "items": of}}}
    operation: dict[str, Any] = {
        "parameters": [{"name": "limit", "in": "query", "schema": {}}],
        "responses": {"200": {"content": content}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "X"}, "paths": {"/x": {method: operation}}}
    return read_tools(document, Choice()).tools[0]


READS, WRITES = made("get"), made("post")
READS_TEXT = made("get", {})
"""A tool that has nothing for writing only, so that whatever is text is told."""


def answer(body: Any, status: int = 200, *, whole: bool = True, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = {"content-type": "application/json"}
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, found, content, whole)


def test_what_is_for_writing_only_is_told_neither_in_an_answer_nor_in_a_refusal() -> None:
    users = [{"name": "Ada", "password": "x"}, "no user", {"name": "Bo"}]
    for status in (200, 422):
        text = told(READS, answer(users, status)).texts[0]
        assert ("Ada" in text, "password" in text) == (True, False)


SECRET = '{"password":"s3cret","name":"René"}'


@pytest.mark.parametrize(
    ("kind", "body", "whole", "name"),
    [
        ("application/json; charset=iso-8859-1", f"[{SECRET}]".encode("latin-1"), True, "René"),
        ("application/json; charset=utf-16le", f"[{SECRET}]".encode("utf-16le"), True, "René"),
        # The charset that a server says of everything.
        ("application/json; charset=iso-8859-1", f"[{SECRET}]".encode(), True, "René"),
        ("application/json", f"[{SECRET},".encode(), False, None),
        ("application/json", f"[{SECRET}".encode(), True, None),
        ("application/json", f"[{SECRET}]".encode("latin-1"), True, None),
        ("application/x-ndjson", f"{SECRET}\n{SECRET}\n".encode(), True, None),
        ("application/vnd.user.json", f"[{SECRET}]".encode(), True, "René"),
        ("text/plain", f"[{SECRET}]".encode(), True, "René"),
        ("text/plain", f" [{SECRET},".encode(), False, None),
        ("", f"[{SECRET}".encode(), True, None),
        ("application/xml", b"<u><password>s3cret</password></u>", True, None),
        ("application/javascript", f"found([{SECRET}])".encode(), True, None),
        ("application/xml", f"[{SECRET}]".encode(), True, "René"),
        ("text/csv", b"name,password\nAda,s3cret\n", True, None),
        ("application/yaml", b"password: s3cret\n", True, None),
        ("text/plain", f")]}}'\n[{SECRET}]".encode(), True, None),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_what_is_for_writing_only_is_not_told_however_its_json_is_written_or_cut(
    kind: str, body: bytes, whole: bool, name: str | None, status: int
) -> None:
    texts, _ = told(READS, Answer(status, {"content-type": kind}, body, whole))
    assert "s3cret" not in repr(texts)
    if name is not None:
        assert name in texts[0]
    elif status == 200:
        assert f"cannot be read as JSON ({kind}, " in texts[0]
        assert f"{len(body)} bytes). It is left out" in texts[0]
        assert ("Ask for JSON" if whole else "Ask for less at a time by `limit`.") in texts[0]


STEERING = "\x7f\x80\x9b2J\x9d0;x\x9c\u202e\u2066"


@pytest.mark.parametrize("beside", ["", "\ud800"])
@pytest.mark.parametrize("status", [200, 400])
def test_json_steers_no_terminal_and_stays_what_it_is(beside: str, status: int) -> None:
    body = {STEERING: [f"{STEERING}é {beside}"]}
    # As it comes over the wire: half a character is an escape, all else is as it is.
    sent = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
    texts, _ = told(WRITES, answer(sent, status))
    assert not set(STEERING[:3] + "\x9d\x9c\u202e\u2066") & set(texts[0])
    assert "é" in texts[0]
    assert json.loads(texts[0].partition("It said: ")[2] or texts[0]) == body


@pytest.mark.parametrize(
    "said",
    ["123456789012345678901234567890", "1e400", "NaN", '"\\ud83d"', '"\\ud83d\\ude00"', "1e22"],
)
def test_whatever_json_holds_is_told_without_what_is_for_writing_only(said: str) -> None:
    body = f'[{{"name":{said},"password":"x"}}]'.encode()
    text = told(READS, answer(body)).texts[0]
    assert "password" not in text
    assert repr(json.loads(text)) == repr(json.loads(f'[{{"name":{said}}}]'))


@pytest.mark.parametrize(
    "body", [["x" * 90] * 9000, {"data": ["x" * 90] * 9000, "next": "c"}, "x" * 200_000, {"a": "é"}]
)
def test_what_is_told_is_bounded_and_a_part_of_a_list_is_json(body: Any) -> None:
    texts, failed = told(READS, answer(body))
    assert len(texts[0]) <= MOST_TOLD
    assert not failed
    if len(texts) > 1 and not isinstance(body, str):
        part = json.loads(texts[0])
        kept = part["data"] if isinstance(part, dict) else part
        assert texts[1].startswith(f"These are the first {len(kept)} of 9000")
        assert texts[1].endswith("by `limit`.")


def test_what_was_broken_off_is_told_as_text_that_is_cut() -> None:
    cut = answer(("é" * 9).encode()[:-1], whole=False, content_type="text/plain")
    texts, _ = told(READS_TEXT, cut)
    assert "longer answer" in texts[1]
    texts, _ = told(READS_TEXT, answer(b"\xff\xfe\x00", content_type="text/plain"))
    assert texts == ("Done: the API answered what is no text (text/plain, 3 bytes).",)
    assert told(WRITES, answer(b"", 204)).texts == ("Done: the API answered 204 and nothing else.",)


def test_a_page_for_people_is_no_sentence_for_an_assistant() -> None:
    texts, failed = told(READS, answer(b"<html>" + b"x" * 9000, 502, content_type="text/html"))
    assert (failed, "html" in texts[0], "502" in texts[0]) == (True, False, True)


def test_whoever_writes_is_told_where_nobody_knows_whether_it_was_done() -> None:
    cut, down = Unanswered("did not answer", sent=True), Unanswered("cannot be reached", sent=False)
    for tool, error, words in (
        (READS, cut, "Nothing was changed"),
        (WRITES, cut, "Whether it was done is not known"),
        (READS, down, "Nothing was done"),
        (WRITES, down, "Nothing was done"),
    ):
        texts, failed = untold(tool, error)
        assert (failed, words in texts[0]) == (True, True)
    for tool, words in ((READS, "Try once more"), (WRITES, "Look whether it was done")):
        assert words in told(tool, answer({}, 500)).texts[0]


@pytest.mark.parametrize(("after", "words"), [("7", "after 7 seconds"), ("\x1b[2J", "in a while")])
def test_how_long_to_wait_is_a_number_or_not_told(after: str, words: str) -> None:
    assert words in told(READS, answer({}, 429, retry_after=after)).texts[0]


@pytest.mark.parametrize("status", [200, 202, 422, 500])
def test_half_a_character_is_told_as_it_came(status: int) -> None:
    first, last = "\ud800", "\udfff"
    rows = ["x" * 90] * 900
    bodies = (
        first,
        {first: last},
        [last],
        {"😀": "é"},
        {last: rows},
        [first, *rows],
        last * 90_000,
    )
    for body in bodies:
        texts, _ = told(WRITES, answer(body, status))
        assert all(text.encode() for text in texts)
        assert len(texts[0]) <= MOST_TOLD
        if status == 200 and len(texts) == 1:
            assert json.loads(texts[0]) == body


@pytest.mark.parametrize(("size", "others_go_on"), [(9, False), (MOST_AT_ONCE, True)])
def test_a_long_answer_is_read_while_others_go_on(size: int, others_go_on: bool) -> None:
    long = answer(["x" * size], 200)

    async def read() -> tuple[object, list[str]]:
        went_on: list[str] = []
        asyncio.get_running_loop().call_soon(went_on.append, "a verdict")
        return await told_meanwhile(READS, long), [*went_on]

    assert asyncio.run(read()) == (told(READS, long), ["a verdict"] * others_go_on)


def test_what_has_not_changed_is_no_redirect_and_no_failure() -> None:
    found = told(made("get"), answer("", 304, etag='"x"'))
    assert (found.failed, "not changed since" in found.texts[0]) == (False, True)


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("iso-8859-1", b"\xe9t\xe9", "été"),
        ('"Windows-1252"', b"\x80 5", "€ 5"),
        ("utf-16", "été".encode("utf-16"), "été"),
        ("punycode", "été".encode(), "été"),
        ("iso-8859-99", b"a", None),
        ("utf-8", b"\x1b]52;c;eA\x07\tgo\non", "?]52;c;eA?\tgo\non"),
        ("utf-8", "a\r\nb\rc\u202ed\u2067e".encode(), "a\r\nb?c?d?e"),
    ],
)
def test_a_text_is_read_as_its_charset_says_and_steers_no_terminal(
    charset: str, body: bytes, text: str | None
) -> None:
    headers = {"content-type": f"text/plain; charset={charset}", "location": "/x\x1b[2J"}
    [said, note] = told(READS_TEXT, Answer(200, headers, body, True)).texts
    assert note == "Location: /x?[2J"
    assert said == text if text is not None else "what is no text" in said

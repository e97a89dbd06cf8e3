"""Topics as lines of a width."""

import pytest

from console import topics
from console.text.topic_lines import lines


@pytest.mark.parametrize("name", topics.names())
def test_every_topic_fits_its_width_but_for_code_and_words_that_are_longer(name: str) -> None:
    found = list(lines(topics.topic(name).spoken, 60))
    assert [text for kind, text in found if kind == "text" and len(text) > 60] == []
    assert {"head", "text"} <= {kind for kind, _ in found}


def test_a_table_and_a_list_stay_readable() -> None:
    text = "| a | b |\n|---|---|\n| `x` | **one** |\n\n- first\n```sh\nkeydeck *serve*\n```\n"
    assert list(lines(text, 40)) == [
        ("text", "a: b"),
        ("text", "`x`: one"),
        ("text", ""),
        ("text", "- first"),
        ("code", "  keydeck *serve*"),
    ]

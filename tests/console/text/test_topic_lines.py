"""A topic in the console says what its Markdown says."""

import re

import pytest

from console import topics
from console.text.topic_lines import lines


@pytest.mark.parametrize("name", topics.names())
@pytest.mark.parametrize("room", [40, 120])
def test_no_sign_of_what_is_to_be_typed_is_lost(name: str, room: int) -> None:
    text = topics.topic(name).text
    drawn = "".join("".join(one for _, one in lines(text, room)).split())
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for typed in re.findall(r"`([^`\n]+)`", prose):
        assert "".join(typed.replace(r"\|", "|").split()) in drawn, typed

"""Texts that tell more than a command's help: one Markdown file a topic, shipped with keydeck.

Each begins with its title and, below it, one sentence that says what is in it. A link to another
topic names its file, so that it leads there wherever the files themselves are read.
"""

import re
from dataclasses import dataclass
from importlib.resources import files

_LINK = re.compile(r"\[[^]]+\]\((?:console/topics/)?([a-z]+)\.md\)")
_TRAVERSABLE = files(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """One of them."""

    name: str
    title: str
    summary: str
    text: str
    """Markdown, its title and summary included."""

    @property
    def spoken(self) -> str:
        """The text as it is read at a command line: another topic is named by its command."""
        return _LINK.sub(r"`keydeck help \1`", self.text)


def names() -> list[str]:
    """Return the names of all topics, sorted."""
    found = (one.name for one in _TRAVERSABLE.iterdir())
    return sorted(name.removesuffix(".md") for name in found if name.endswith(".md"))


def topic(name: str) -> Topic:
    """Return a topic of `names` by its name."""
    text = (_TRAVERSABLE / f"{name}.md").read_text("utf-8")
    title, summary = text.split("\n\n", 2)[:2]
    return Topic(name, title.removeprefix("# "), summary, text)

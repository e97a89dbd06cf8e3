"""A tool: one operation of the admin's own API, as assistants see it and as it is called."""

from dataclasses import dataclass
from typing import Any, Literal

Place = Literal["path", "query", "header"]

LONGEST_NAME = 40
"""Characters: 64 is the most that models take, and clients put `mcp__SERVER__` in front."""
MOST_TOOLS = 128
"""In one store: VS Code and Copilot refuse every request with more, whoever serves them."""
USUAL_TOOLS = 40
"""Of one document: Cursor used to hand on the first 40 of all servers, and hands on 80 now."""
_OF_SAMPLE = (
    "list_free_days list_events get_event create_event edit_event "
    "list_quotes get_quote create_quote edit_quote"
)
SAMPLE = frozenset(_OF_SAMPLE.split())
"""Names that the sample's tools have."""
SEPARATORS = {
    "form": ",",
    "spaceDelimited": " ",
    "pipeDelimited": "|",
    "tabDelimited": "\t",
}
"""What stands between elements that are one value, by style; with tabs in Swagger 2.0 alone."""

_READING = ("GET", "HEAD")
_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter beside the body."""

    argument: str
    """What an assistant calls it."""
    name: str
    """What the API calls it; of a path, as `Tool.path` has it."""
    place: Place
    required: bool
    style: str
    explode: bool
    as_json: bool = False
    """Its value is JSON in a text (`content` in the document)."""
    spans: bool = False
    """It may hold slashes, and takes all that is left of the path."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent beside the parameters, as one argument."""

    argument: str
    media_type: str
    required: bool
    deep: tuple[str, ...] = ()
    """Fields of a form that are written `field[name]=value`."""
    joined: tuple[tuple[str, str], ...] = ()
    """Fields of a form whose elements stand in one value, and what stands between them."""

    @property
    def form(self) -> bool:
        """Whether it is a form, and else JSON."""
        return self.media_type == "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Tool:
    """One operation."""

    name: str
    title: str
    description: str
    method: str
    path: str
    """As a route's pattern is written, with all that stands in front."""
    parameters: tuple[Parameter, ...]
    body: Body | None
    arguments: dict[str, Any]
    """The JSON Schema of an object (2020-12)."""
    pages: tuple[str, ...] = ()
    """Arguments by which less can be asked for at a time."""
    hidden: tuple[tuple[str, ...], ...] = ()
    """Where an answer has fields that are for writing only; `*` is each element of an array."""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing (RFC 9110 9.2.1)."""
        return self.method in _READING

    @property
    def repeatable(self) -> bool:
        """Whether done twice it is as if done once (RFC 9110 9.2.2)."""
        return self.method in _REPEATABLE


@dataclass(frozen=True, slots=True)
class ToolDocument:
    """The tools of one document, and where they are called."""

    title: str
    upstream: str
    """Scheme, host and port: the operator's word."""
    tools: tuple[Tool, ...]

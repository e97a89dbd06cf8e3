"""What is said of a handler beside its code: the ground of the reference."""

from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from msgspec import Meta

Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""An instant as answers have it: RFC 3339 in UTC, with milliseconds."""

Date = Annotated[str, Meta(extra_json_schema={"format": "date"})]
"""A day, such as `2026-12-01`."""


def named(of: Any) -> Any:
    """Return the type that a schema is named after: of a list that of its items."""
    return get_args(of)[0] if get_origin(of) is list else of


class Parameter(NamedTuple):
    """A parameter of the query, of the path where it stands in braces, or a header."""

    name: str
    description: str
    schema: dict[str, Any]
    example: str
    place: str = "query"
    """`query`, `path` or `header`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    summary: str
    description: str
    answer: Any
    """The type of the JSON that is answered, a media type for what is no JSON, None for nothing."""
    answered: str = "Done."
    """What the answer means."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of the answer, beside those every answer has, and what they hold."""
    refusal_headers: dict[str, str] = field(default_factory=dict)
    """Headers of its problems, beside those that problems have everywhere."""
    scopes: tuple[str, ...] | None = None
    """What the key must be allowed; None where no key is needed."""
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    """The type of the JSON that is sent."""
    media_types: tuple[str, ...] = ()
    example: Any = None
    """A body that would be accepted."""
    unchanged: str = ""
    """What a 304 means, where one can be answered."""
    problems: tuple[str, ...] = ()
    """Codes beside those every operation of its kind can give."""

    @property
    def known(self) -> frozenset[str]:
        """The parameters that its query may have; any other is refused."""
        return frozenset(
            parameter.name for parameter in self.parameters if parameter.place == "query"
        )

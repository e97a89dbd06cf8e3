"""Refusals: each is one sentence or two that a person can act on."""

import inspect
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from store import errors
from store.errors import (
    CannotLook,
    InvalidInput,
    KeydeckError,
    NotAllowed,
    NotFound,
    RefusedByRule,
    StoreUnusable,
)

FAMILIES = (CannotLook, InvalidInput, NotAllowed, NotFound, RefusedByRule, StoreUnusable)
LEAVES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, KeydeckError) and found not in (*FAMILIES, KeydeckError)
]


def example(kind: type[KeydeckError]) -> KeydeckError:
    """Return an error of a kind, its data filled by type."""
    hints = get_type_hints(kind)
    values = {
        str: "A sentence.",
        int: 1500,
        bool: True,
        tuple[str, ...]: ("one", "two"),
        str | None: "one",
        int | None: 1500,
    }
    data: Any = fields(kind) if is_dataclass(kind) else ()
    return kind(**{field.name: values[hints[field.name]] for field in data})


@pytest.mark.parametrize("kind", LEAVES)
def test_every_refusal_belongs_to_one_family(kind: type[KeydeckError]) -> None:
    assert sum(issubclass(kind, family) for family in FAMILIES) == 1


@pytest.mark.parametrize("kind", LEAVES)
def test_every_refusal_is_one_line_that_ends_like_a_sentence(kind: type[KeydeckError]) -> None:
    said = str(example(kind))
    assert "\n" not in said
    assert said.rstrip(")").endswith((".", ".)"))
    assert said[0].isupper() or said[0] in "“A"


@pytest.mark.parametrize("kind", LEAVES)
def test_every_refusal_carries_its_data_and_can_be_raised(kind: type[KeydeckError]) -> None:
    made = example(kind)
    with pytest.raises(kind) as caught:
        raise made
    assert caught.value is made


def test_every_refusal_can_be_imported_from_one_place() -> None:
    below = [KeydeckError]
    for kind in below:
        below.extend(kind.__subclasses__())
    ours = {kind.__name__ for kind in below if kind.__module__.startswith("store.")}
    assert ours == set(errors.__all__)


def test_a_wait_is_rounded_up_to_whole_seconds() -> None:
    assert "Wait 2 seconds" in str(errors.TooManyAttempts(1001))
    assert "Wait 1 second," in str(errors.TooManyAttempts(1000))

"""Whether arguments are as a tool says: looked at as far as it costs little."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from store.domain.tools.tool import Tool
from store.verifier.problems import invalid_body

MOST_STEPS = 30_000
"""Words of schemas that are held against values for one call: a sixth of a second or so."""
_LONGEST_SENTENCE = 300
_Word = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


class _Enough(Exception):
    """There is more to look at than is looked at."""


class ArgumentChecks:
    """One worker's. Everybody's verdicts wait while it looks, so that it ends soon.

    A pattern may take for ever, elements may all be compared with each other, and what refers to
    itself may be tried in each of several ways at each level. What is passed over the API looks at.
    """

    def __init__(self, most_kept: Callable[[], int]) -> None:
        """`most_kept` says for how many tools something is worth keeping."""
        self._most_kept = most_kept
        self._left = 0
        words = {
            name: self._counted(word) for name, word in Draft202012Validator.VALIDATORS.items()
        }
        self._validator = extend(
            Draft202012Validator, {**words, "pattern": _passes, "uniqueItems": _passes}
        )
        self._kept: dict[int, tuple[Tool, Any]] = {}

    def check(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        """Raise Problem (422) for arguments that are not as the tool says."""
        # Some models write null for what they leave out.
        body = tool.body.argument if tool.body is not None else None
        given = {name: one for name, one in arguments.items() if one is not None or name == body}
        kept = self._kept.get(id(tool))
        if kept is None or kept[0] is not tool:
            if len(self._kept) > 2 * self._most_kept():
                self._kept.clear()
            kept = tool, self._validator(tool.arguments)
            self._kept[id(tool)] = kept
        self._left = MOST_STEPS
        try:
            wrong = next(kept[1].iter_errors(given), None)
        except RecursionError:
            raise invalid_body("The arguments are nested too deeply.") from None
        except (OverflowError, ValueError):
            raise invalid_body("A number among the arguments is none, or is too large.") from None
        except _Enough:
            return
        if wrong is not None:
            raise invalid_body(_sentence(wrong))

    def _counted(self, word: _Word) -> _Word:
        def counted(
            validator: Any, value: Any, instance: Any, schema: Any
        ) -> Iterator[ValidationError] | None:
            # Each of a word's values is looked at, too, if for less.
            self._left -= 1 + (len(value) // 4 if isinstance(value, list) else 0)
            if self._left < 0:
                raise _Enough
            return word(validator, value, instance, schema)

        return counted


def _passes(*_: object) -> None:
    """Let every value pass."""


def _sentence(wrong: ValidationError) -> str:
    where = ".".join(str(part) for part in wrong.absolute_path)
    said = wrong.message[:_LONGEST_SENTENCE]
    return f"{where}: {said}." if where else f"{said}."

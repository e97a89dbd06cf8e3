"""A document in YAML, read as the JSON that it stands for.

OpenAPI (3.1, 4.3) lets in no more of YAML than that: names are strings, whatever they look like,
and so are dates, `on` and `no`. PyYAML's loaders see numbers and truths in those, so that it parses
here and no more. An alias stands for what it repeats: a document that would be much larger without
any is refused.
"""

import re
from math import isfinite
from typing import Any

import yaml

from store.errors import Invalid

MOST_BYTES = 32 * 1024 * 1024
MOST_VALUES = 10_000_000
"""That a document may have, once each alias is what it stands for."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_NULL = frozenset(("null", "Null", "NULL", "~", ""))
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class _Plain(_Loader):  # type: ignore[misc]
    """Leaves to the reading what a word means that has no quotes."""

    yaml_implicit_resolvers: dict[str, Any] = {  # noqa: RUF012
        "": [(f"{_TAG}null", re.compile(r"\Z"))],
        **{
            one: [("plain", re.compile(""))] for one in map(chr, range(33, 127)) if one not in "\"'"
        },
    }


def read_yaml(content: bytes, name: str) -> Any:
    """Return what a document says. Raises Invalid, which begins with `name`."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise Invalid("file", f"{name} has more than {most} MiB, which is too much YAML.")
    try:
        loader = _Plain(content)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        if node is None:
            raise Invalid("file", f"{name} is empty.")
        reading = _Reading()
        found = reading.value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise Invalid("file", f"{name}{where}: {error.problem or error.context}.") from None
    except (yaml.YAMLError, ValueError):
        raise Invalid("file", f"{name} is neither JSON nor YAML that can be read.") from None
    except RecursionError:
        raise Invalid("file", f"{name} is nested too deeply.") from None
    if reading.sizes[id(node)] > MOST_VALUES:
        raise Invalid("file", f"{name} repeats itself too often: its aliases grow too large.")
    return found


class _Reading:
    """What nodes stand for: one that an alias repeats is read once."""

    def __init__(self) -> None:
        self.sizes: dict[int, int] = {}
        """How many values each is, without any alias; 0 while that is found out."""
        self._values: dict[int, Any] = {}

    def value(self, node: yaml.Node) -> Any:
        """Return what a node stands for. Raises MarkedYAMLError."""
        if isinstance(node, yaml.ScalarNode):
            self.sizes[id(node)] = 1
            return _scalar(node)
        size = self.sizes.get(id(node))
        if size == 0:
            raise _wrong("an alias stands in what it repeats", node)
        if size is None:
            self.sizes[id(node)] = 0
            made = self._object(node) if isinstance(node, yaml.MappingNode) else self._list(node)
            self._values[id(node)], self.sizes[id(node)] = made
        return self._values[id(node)]

    def _list(self, node: yaml.Node) -> tuple[list[Any], int]:
        _check_tag(node, "seq")
        found = [self.value(one) for one in node.value]
        return found, 1 + sum(self.sizes[id(one)] for one in node.value)

    def _object(self, node: yaml.MappingNode) -> tuple[dict[str, Any], int]:
        _check_tag(node, "map")
        found: dict[str, Any] = {}
        merged: list[Any] = []
        size = 1
        for name, one in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise _wrong("a name is expected here", name)
            value = self.value(one)
            size += 1 + self.sizes[id(one)]
            if name.value == "<<" and name.tag == "plain":
                merged += value if isinstance(value, list) else [value]
            else:
                found[name.value] = value
        for one in merged:
            if not isinstance(one, dict):
                raise _wrong("“<<” takes objects", node)
            found = {**one, **found}
        return found, size


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.tag not in ("plain", f"{_TAG}null"):
        kind = node.tag.removeprefix(_TAG)
        if kind not in ("str", "int", "float", "bool"):
            raise _wrong(f"“{node.tag}” stands for nothing in JSON", node)
        if kind == "str":
            return text
    if text in _NULL:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and isfinite(number := float(text)):
        return number
    return text


def _check_tag(node: yaml.Node, kind: str) -> None:
    if node.tag != f"{_TAG}{kind}":
        raise _wrong(f"“{node.tag}” stands for nothing in JSON", node)


def _wrong(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)

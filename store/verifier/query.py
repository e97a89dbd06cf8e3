"""Reading a query string: the parameters an address knows, given once or several times.

One that it does not know is refused, never passed over: a proxy that asks with `?scopes=` where
`?scope=` was meant would else find every key good enough.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl

from store.domain.key_string import SHORTEST_KEY
from store.verifier.bearer import MAX_QUERY, Flaw
from store.verifier.problems import Problem, invalid_request, unreadable
from store.verifier.sanitize import kept

MAX_ESCAPES = 500
"""Percent signs in a target or a form: to decode them is work that is done before a key is read."""
TOO_MANY_ESCAPES = f"An address or a form may have {MAX_ESCAPES} percent signs at most."

_MOST_PARAMETERS = 100
_MOST_NAMED = 5


def parameters(query: bytes) -> dict[str, list[str]]:
    """Return every parameter of a query string with its values.

    They are percent-decoded; bytes that are no UTF-8 become `�`. Raises Problem (400) when there
    are more than 100.
    """
    text = query.decode("latin-1")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise invalid_request(f"More than {_MOST_PARAMETERS} parameters.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def single(given: dict[str, list[str]], name: str) -> str | None:
    """Return a parameter's value, or None where it is absent.

    Raises Problem (400) when it is given twice.
    """
    values = given.get(name, [])
    if len(values) > 1:
        raise invalid_request(f"{name} is given more than once.")
    return values[0] if values else None


def check_known(query: bytes, known: frozenset[str]) -> None:
    """Raise Problem (400) for a query string with a parameter that is not among the known ones.

    Names are compared as they are, letter by letter, once they are percent-decoded.
    """
    if not query:
        return
    if len(query) > MAX_QUERY:
        raise unreadable(Flaw.LONG_QUERY)
    # Nothing that could hold a key is remembered.
    unknown = (_short_unknown if len(query) < SHORTEST_KEY else _unknown)(query, known)
    if unknown:
        raise invalid_request(unknown)


def knows(query: bytes, known: frozenset[str]) -> bool:
    """Return whether `check_known` lets a query string pass."""
    try:
        check_known(query, known)
    except Problem:
        return False
    return True


def _unknown(query: bytes, known: frozenset[str]) -> str | None:
    others = [name for name in parameters(query) if name not in known]
    if not others:
        return None
    named = _listed(f"“{kept(name)}”" if name else "one without a name" for name in others)
    wanted = f"Known are: {_listed(sorted(known))}." if known else "It takes none."
    return f"This address does not know the parameter {named}. {wanted}"


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(every[:_MOST_NAMED]) + more


_short_unknown = lru_cache(1024)(_unknown)

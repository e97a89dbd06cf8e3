"""Reading a query string: parameters that may be given once, or several times."""

from urllib.parse import parse_qsl

from store.verifier.problems import invalid_request

_MOST_PARAMETERS = 100


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

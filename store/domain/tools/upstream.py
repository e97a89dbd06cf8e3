"""Where an API is called: what the operator says, and nobody else."""

from urllib.parse import urlsplit

from store.errors import Invalid


def checked_upstream(url: str) -> tuple[str, str]:
    """Return the origin of an address and the path behind it, empty where it has none.

    Raises Invalid for what is no http or https address, or one with a user, a query or a fragment.
    """
    plain = url.isascii() and url.isprintable() and not set(url) & set(" \\?#@")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        plain = False
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(
            "upstream",
            f"“{url}” is no address of an API. Write one such as http://127.0.0.1:9000.",
        )
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")

"""Where a store is: a file for SQLite, a server's database for PostgreSQL."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.errors import Invalid

EXAMPLES = "sqlite:////var/lib/keydeck/store.db or postgresql+psycopg://keydeck@db.example/keydeck"
_SERVER = ("host", "hostaddr", "port", "dbname", "service")
_SECRET = ("password", "sslpassword")


def parse_url(text: str) -> URL:
    """Return a store's address. Raises Invalid when it is no SQLAlchemy URL of a store."""
    # What was written may hold a password, so it is never said again.
    try:
        url = make_url(text)
        engine, driver = url.get_backend_name(), url.get_driver_name()
    except (ArgumentError, ValueError):
        raise Invalid("store", f"That is no store address. Write {EXAMPLES}.") from None
    if engine == "postgresql":
        return _on_server(url, driver)
    if engine != "sqlite":
        raise Invalid("store", f"keydeck stores do not live on {engine}. Write {EXAMPLES}.")
    if not url.database or url.database == ":memory:":
        raise Invalid("store", "The store needs a file. Write sqlite:////var/lib/keydeck/store.db.")
    return url


def _on_server(url: URL, driver: str) -> URL:
    if "+" not in url.drivername:
        url = url.set(drivername="postgresql+psycopg")
    elif driver != "psycopg":
        raise Invalid("store", f"keydeck does not use {driver}. Write postgresql+psycopg://….")
    if not url.database:
        raise Invalid(
            "store", "The store needs a database. Write postgresql+psycopg://db.example/keydeck."
        )
    return url


def shown(url: URL) -> str:
    """Return an address as it may be told: without a password."""
    # `set` takes None for what stays as it is.
    plain = url._replace(password=None)
    plain = plain.difference_update_query([name for name in _SECRET if name in plain.query])
    return plain.render_as_string()


def database_of(url: URL) -> str:
    """Return which database of which server an address means, whoever signs in there."""
    query = {name: url.query[name] for name in _SERVER if name in url.query}
    return URL.create(
        "postgresql", None, None, url.host, url.port, url.database, query
    ).render_as_string()


def holds_password(url: URL) -> bool:
    """Return whether a password is part of an address."""
    return url.password is not None or any(name in url.query for name in _SECRET)

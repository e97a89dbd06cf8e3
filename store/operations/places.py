"""Where store and pepper are of whoever names none."""

import os
from pathlib import Path

from store.errors import Invalid


def data_folder() -> Path:
    """Return `$XDG_DATA_HOME/keydeck`, by default `~/.local/share/keydeck`. Raises Invalid."""
    base = os.environ.get("XDG_DATA_HOME")
    if not base:
        try:
            base = str(Path.home() / ".local" / "share")
        except RuntimeError:
            raise Invalid(
                "store", "This account has no home. Name the store: KEYDECK_STORE."
            ) from None
    return Path(base) / "keydeck"


def default_url() -> str:
    """Return the address of the store of whoever names none."""
    return f"sqlite:///{data_folder() / 'store.db'}"


def default_pepper_path() -> Path:
    """Return `KEYDECK_PEPPER_FILE`, by default `pepper` in the data folder."""
    named = os.environ.get("KEYDECK_PEPPER_FILE")
    return Path(named) if named else data_folder() / "pepper"

"""Where there is no clipboard: a file that only its owner can read."""

import os
from pathlib import Path

from store.errors import Invalid
from store.secrets import Secret


def write_file(secret: Secret, path: Path) -> Path:
    """Write a secret and a line break to a new file of mode 0600, and return its path.

    Raises Invalid when the file exists, as a link too, or cannot be made; never overwrites.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid("file", f"Not written: {path} exists already.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"Not written to {path}: {reason}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secret.reveal()}\n")
        file.flush()
        os.fsync(file.fileno())
    return path

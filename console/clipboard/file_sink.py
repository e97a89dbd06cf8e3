"""Where there is no clipboard: a file that only its owner can read. Records go there as well."""

import os
from pathlib import Path

from store.domain.key_string import Secret
from store.errors import Invalid


def write_file(secret: Secret, path: Path) -> Path:
    """Write a secret and a line break to a new file of mode 0600, and return its path.

    Raises Invalid as `write_text` does.
    """
    return write_text(f"{secret.reveal()}\n", path)


def write_text(text: str, path: Path) -> Path:
    """Write a text to a new file of mode 0600, and return its path.

    Raises Invalid when the file exists, as a link too, or cannot be written; never overwrites, and
    leaves no part of a text behind.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid("file", f"Not written: {path} exists already.") from None
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _refused(path, error) from None
    return path


def work_tree_of(path: Path) -> Path | None:
    """Return the folder of the git work tree that a path is in, None where it is in none.

    What is written there may be committed with all the rest. A tree that is linked to another has a
    file `.git`, see gitrepository-layout(5).
    """
    try:
        return next((one for one in path.resolve().parents if (one / ".git").exists()), None)
    except OSError:
        return None


def in_current_folder(name: str) -> Path:
    """Return the path of a file in the current folder; of its name where that was taken away."""
    try:
        return Path(name).absolute()
    except OSError:
        # Writing there says so, and what was to be written stays in view.
        return Path(name)


def _refused(path: Path, error: OSError) -> Invalid:
    reason = (error.strerror or str(error)).lower()
    return Invalid("file", f"Not written to {path}: {reason}.")

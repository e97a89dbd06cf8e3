"""A crash becomes one sentence and a log file; neither shows a local variable."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from store.errors import PlaceForbidden
from store.system.permissions import check


def log_folder() -> Path:
    """Return `$XDG_STATE_HOME/keydeck`, by default `~/.local/state/keydeck`."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "keydeck"


def told(error: BaseException) -> str:
    """Return what a user is told of what ended keydeck; a defect is written to a log.

    What the machine lacks, or does not let this account use, is no defect.
    """
    # A worker's failure is wrapped.
    inner = getattr(error, "error", None)
    error = inner if isinstance(inner, BaseException) else error
    if isinstance(error, MemoryError):
        return "keydeck ran out of memory. Free some, or raise the limit, and try again."
    if isinstance(error, OSError) and isinstance(error.filename, str | bytes | Path):
        return _of_a_place(error, Path(os.fsdecode(error.filename)))
    return _sentence(write_log(error))


def _of_a_place(error: OSError, path: Path) -> str:
    if isinstance(error, PermissionError):
        try:
            check(path)
        except PlaceForbidden as refusal:
            return str(refusal)
    return f"{path} cannot be used: {error.strerror or error}. Name another, or mend that."


def write_log(error: BaseException) -> Path | None:
    """Write where an error happened to a file of mode 0600; return it, or None if that fails.

    Types and lines of code only: an error's own text may quote what was typed.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}\n")
        lines.extend(f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)
        # A worker's failure is wrapped: what failed is an attribute there, and no cause.
        inner = seen.__cause__ or seen.__context__ or getattr(seen, "error", None)
        seen = inner if isinstance(inner, BaseException) else None
    try:
        folder = log_folder()
        path = folder / f"crash-{stamp}-{os.getpid()}.log"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (OSError, RuntimeError):
        # Nor is there a home where nobody knows one.
        return None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def _sentence(log: Path | None) -> str:
    where = f"What happened is in {log}." if log else "No log could be written."
    return f"keydeck stopped because of a defect; nothing half-done was saved. {where}"

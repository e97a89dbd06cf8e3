"""A crash becomes one sentence and a log file; neither shows a local variable."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path


def log_folder() -> Path:
    """Return `$XDG_STATE_HOME/keydeck`, by default `~/.local/state/keydeck`."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "keydeck"


def write_log(error: BaseException) -> Path | None:
    """Write where an error happened to a file of mode 0600; return it, or None if that fails.

    Types and lines of code only: an error's own text may quote what was typed.
    """
    folder = log_folder()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    path = folder / f"crash-{stamp}-{os.getpid()}.log"
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
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def sentence(log: Path | None) -> str:
    """Return what a user is told after a crash."""
    where = f"What happened is in {log}." if log else "No log could be written."
    return f"keydeck stopped because of a defect; nothing half-done was saved. {where}"

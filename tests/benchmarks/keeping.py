"""What every benchmark says of its machine, and where its raw rows are kept."""

import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from store.persistence.database import sqlite_library

RESULTS = Path(".benchmarks")


def machine(*packages: str) -> dict[str, str]:
    """Return the machine, and the versions of Python, SQLite and some packages."""
    return {
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores",
        "Python": platform.python_version(),
        "SQLite": sqlite_library().sqlite_version,
        **{name: version(name) for name in (*packages, "keydeck")},
    }


def keep(name: str, content: dict[str, Any]) -> None:
    """Write a run's raw rows as JSON and say where."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{time.strftime('%Y%m%dT%H%M%S')}.json"
    path.write_text(json.dumps(content, indent=1))
    print(f"\nraw rows: {path}", file=sys.stderr)

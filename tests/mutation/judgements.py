"""Survivors that somebody has judged: why no test of ours could, or should, notice them."""

import tomllib
from pathlib import Path

FILE = Path(__file__).with_name("judged.toml")


def judged(module: str) -> dict[str, str]:
    """Return the reasons, by `Mutant.change`, for the survivors of a module."""
    found: dict[str, str] = tomllib.loads(FILE.read_text("utf-8")).get(module, {})
    return found

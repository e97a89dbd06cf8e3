"""The version that a store's schema has to have, without what makes it one."""

from pathlib import Path

SCHEMA_VERSION = max(path.stem[1:5] for path in Path(__file__).parent.glob("versions/v*.py"))
"""The newest migration, which is what this code is written for; their names begin with it."""

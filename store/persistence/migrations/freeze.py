"""Write down today's rules for a migration.

`python -m store.persistence.migrations.freeze 0011 NAME...`
"""

import sys

from store.persistence.migrations import changes, frozen, triggers


def freeze(version: str, names: list[str]) -> None:
    """Write the text of some of today's rules and watchers to the files of a version.

    Raises KeyError for a name that neither engine has.
    """
    for engine in frozen.ENGINES:
        today = rules(engine)
        found = {name: today[name] for name in names if name in today}
        frozen.write(version, engine, found)
    for name in names:
        if not any(name in rules(engine) for engine in frozen.ENGINES):
            raise KeyError(name)


def rules(engine: str) -> dict[str, list[str]]:
    """Return today's rules and watchers on an engine: by name the statements that make each."""
    if engine == "sqlite":
        return {name: [statement] for name, statement in changes.sqlite_rules().items()}
    return triggers.postgres_triggers() | changes.watching()


if __name__ == "__main__":
    freeze(sys.argv[1], sys.argv[2:])

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
        made = rules(engine)
        found = {name: made[name] for name in names if name in made}
        frozen.write(version, engine, found)
    for name in names:
        if not any(name in rules(engine) for engine in frozen.ENGINES):
            raise KeyError(name)


def rules(engine: str) -> dict[str, list[str]]:
    """Return today's rules and watchers on an engine: by name the statements that make each."""
    if engine == "sqlite":
        return {statement.split()[2]: [statement] for statement in changes.sqlite_rules()}
    made: dict[str, list[str]] = {}
    for statement in (*triggers.postgres_triggers(), *changes.watching()):
        made.setdefault(statement.split()[2].removesuffix("()"), []).append(statement)
    return made


if __name__ == "__main__":
    freeze(sys.argv[1], sys.argv[2:])

"""Whether what a restore makes of a column that a verdict depends on can only take away."""

from store.domain.credential import ALSO, OF_TOKEN, SOURCES
from store.operations.restore.rules import (
    RULES,
    RowsTaken,
    Rule,
    copied,
    earliest,
    kept,
    latest,
    least,
    narrowest,
    newest_secret,
    once,
    strictest_limits,
    strictest_networks,
)

DECLARED = sorted(
    {
        *OF_TOKEN,
        *ALSO,
        *(column for source in SOURCES.values() for column in source[:2] if column is not None),
    }
)
"""Every `table.column` a verdict depends on."""

TAKES_AWAY: dict[Rule, tuple[str, ...]] = {
    kept: ("an end", "a mark", "scopes", "a role", "a secret"),
    once: ("an end", "a mark"),
    earliest: ("an end", "a mark"),
    latest: ("a beginning",),
    narrowest: ("scopes",),
    least: ("a role",),
    newest_secret: ("a secret",),
    strictest_networks: ("networks",),
    strictest_limits: ("limits",),
}
"""Rules after which no more works than before, and of what: `test_rules` tries each."""

TOLD = ("name", "workspace")
"""Fields of a credential that an answer says, and that no restriction looks at."""

NEVER_CHANGES = {
    *(f"{table}.id" for table in ("keys", "connections", "access_tokens")),
    "connections.resource",
    *(column for source in SOURCES.values() if not source.changes for column in source[:2]),
}
"""What a rule of the database refuses to change: the copy has it as it is now."""

COMES_WITH = {"pepper": "digest"}
"""What is another whenever something else is."""

NEVER_TAKEN = {"settings"}
"""Tables whose one row stays as it was, whatever the copy has."""


ROWS_TAKE_AWAY = {"limits", "stops"}
"""Tables of which a row takes away, and one less gives back."""


def may_give_back(declared: str) -> str:
    """Return why a restore may give back what was taken in `table.column`; nothing if it cannot."""
    table, _, column = declared.partition(".")
    judged = RULES.get(table)
    if judged is None or column not in judged.columns:
        return f"no rule says what a restore makes of {declared}"
    rule = judged.columns[column]
    if judged.taken is not RowsTaken.FROM_COPY or table in NEVER_TAKEN:
        return ""
    if table in ROWS_TAKE_AWAY:
        return "" if judged.stays else f"a row of {table} that the copy lacks may be gone"
    if declared in NEVER_CHANGES or any(declared in SOURCES[field][:2] for field in TOLD):
        return "" if rule is copied else f"{declared} is as it is: it is copied"
    if rule not in TAKES_AWAY:
        return f"{rule.__name__} may give back what was taken in {declared}"
    if not judged.remembered:
        return f"a row of {table} that is gone comes back as the copy has it: {declared}"
    # What is known is no other than what is in force; all else is news, and the audit has it.
    if rule is not kept and COMES_WITH.get(column, column) not in judged.told:
        return f"that {declared} is not as in the copy is not told"
    return ""

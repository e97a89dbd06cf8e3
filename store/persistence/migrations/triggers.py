"""The rules the database itself keeps, whatever the code above it does."""

import re

from sqlalchemy import Connection, text

_REFUSALS = {
    # name: (table, when it fires, the condition, what it says)
    "keys_are_never_deleted": ("keys", "DELETE", None, "keys are never deleted"),
    "keys_are_never_replaced": (
        "keys",
        "INSERT",
        "EXISTS (SELECT 1 FROM keys WHERE id = NEW.id)",
        "a key id is given once",
    ),
    "keys_stay_revoked": (
        "keys",
        "UPDATE",
        "OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at"
        " OR NEW.revoked_by IS NOT OLD.revoked_by)",
        "a revocation is final",
    ),
    "keys_keep_their_identity": (
        "keys",
        "UPDATE",
        "NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id"
        " OR NEW.created_at IS NOT OLD.created_at OR NEW.created_by IS NOT OLD.created_by"
        " OR NEW.lineage IS NOT OLD.lineage",
        "a key's identity is fixed",
    ),
    "keys_keep_a_confirmed_secret": (
        "keys",
        "UPDATE",
        "NEW.digest IS NOT OLD.digest"
        " AND (OLD.confirmed_at IS NOT NULL OR OLD.revoked_at IS NOT NULL)",
        "a confirmed key keeps its secret",
    ),
    # Whatever was brought along once is not brought along again.
    "foreign_digests_are_never_deleted": (
        "foreign_digests",
        "DELETE",
        None,
        "a value is brought along once",
    ),
    "foreign_digests_are_never_updated": (
        "foreign_digests",
        "UPDATE",
        "NEW.digest IS NOT OLD.digest OR NEW.workspace_id IS NOT OLD.workspace_id"
        " OR NEW.key_id IS NOT OLD.key_id OR NEW.hash IS NOT OLD.hash"
        " OR NEW.guard IS NOT OLD.guard OR OLD.guard IS NULL OR OLD.arrived IS NOT NULL",
        "a value is brought along once",
    ),
    "foreign_digests_are_never_replaced": (
        "foreign_digests",
        "INSERT",
        "EXISTS (SELECT 1 FROM foreign_digests WHERE digest = NEW.digest)",
        "a value is brought along once",
    ),
    "connections_are_never_deleted": (
        "connections",
        "DELETE",
        None,
        "connections are never deleted",
    ),
    "connections_are_never_replaced": (
        "connections",
        "INSERT",
        "EXISTS (SELECT 1 FROM connections WHERE id = NEW.id)",
        "a connection's id is given once",
    ),
    "connections_stay_revoked": (
        "connections",
        "UPDATE",
        "OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NOT OLD.revoked_at"
        " OR NEW.revoked_by IS NOT OLD.revoked_by)",
        "a revocation is final",
    ),
    "connections_keep_their_identity": (
        "connections",
        "UPDATE",
        "NEW.id IS NOT OLD.id OR NEW.workspace_id IS NOT OLD.workspace_id"
        " OR NEW.client_id IS NOT OLD.client_id OR NEW.resource IS NOT OLD.resource"
        " OR NEW.created_at IS NOT OLD.created_at OR NEW.approved_by IS NOT OLD.approved_by",
        "a connection's identity is fixed",
    ),
    "audit_is_never_updated": ("audit", "UPDATE", None, "the audit is append-only"),
    # What a later entry says was archived may go. Its subject is the number of the last one.
    "audit_is_never_deleted": (
        "audit",
        "DELETE",
        "NOT EXISTS (SELECT 1 FROM audit AS told WHERE told.workspace_id = OLD.workspace_id"
        " AND told.action = 'audit.archived' AND told.seq > OLD.seq"
        " AND CAST(told.subject AS bigint) >= OLD.seq AND CAST(told.subject AS bigint) < told.seq)",
        "the audit is append-only",
    ),
    "audit_is_never_replaced": (
        "audit",
        "INSERT",
        "EXISTS (SELECT 1 FROM audit WHERE id = NEW.id"
        " OR (workspace_id = NEW.workspace_id AND seq = NEW.seq))",
        "the audit is append-only",
    ),
    # Whoever could make it jump to the end of what a number holds would end every change after it.
    "audit_counts_by_one": (
        "audit",
        "INSERT",
        # The first one there follows what was archived. Asked in this way either engine goes to the
        # end of an index, and past what is no number; whether any is higher, PostgreSQL would look
        # for in all of them.
        "NEW.seq IS NULL OR NEW.seq < 1 OR NEW.seq <> COALESCE((SELECT max(seq) FROM audit"
        " WHERE workspace_id = NEW.workspace_id AND seq < 9223372036854775807) + 1, NEW.seq)",
        "the audit counts by one",
    ),
    "revision_only_rises": (
        "revision",
        "UPDATE",
        "NEW.value < OLD.value OR NEW.value > OLD.value + 1 OR NEW.id <> OLD.id",
        "the revision only rises, by one",
    ),
    "revision_stays": ("revision", "DELETE", None, "the revision only rises"),
    # One noted down beforehand would stand in the way of the one that is to come.
    "changes_are_of_this_revision": (
        "changes",
        "INSERT",
        "NEW.revision <> (SELECT value FROM revision)",
        "a change is noted down when it is made",
    ),
    # Whoever is further behind forgets everything: see store.verifier.leasing.
    "changes_are_kept_for_verifiers": (
        "changes",
        "DELETE",
        "OLD.revision > (SELECT value FROM revision) - 10000",
        "a change stays until every verifier has heard of it",
    ),
}


def sqlite_triggers() -> dict[str, str]:
    """Return the rules on SQLite: by name the statement that makes each."""
    return {
        name: f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
        f"{f' WHEN {condition}' if condition else ''}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence.replace(chr(39), chr(39) * 2)}'); END"
        for name, (table, event, condition, sentence) in _REFUSALS.items()
    }


_NEVER_EMPTIED = tuple(
    # Emptying a table fires no trigger for its rows.
    (f"{table}_is_never_emptied", table, sentence)
    for table, sentence in (
        ("keys", "keys are never deleted"),
        ("connections", "connections are never deleted"),
        ("foreign_digests", "a value is brought along once"),
        ("audit", "the audit is append-only"),
        ("revision", "the revision only rises"),
    )
)


def postgres_rules() -> dict[str, tuple[str, str, str]]:
    """Return the rules on PostgreSQL: by name the table, when it fires, and a function's body."""
    rules = {
        name: (table, f"BEFORE {event} ON {table} FOR EACH ROW", _body(condition, sentence, event))
        for name, (table, event, condition, sentence) in _REFUSALS.items()
    }
    for name, table, sentence in _NEVER_EMPTIED:
        fires = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        rules[name] = (table, fires, _body(None, sentence, "TRUNCATE"))
    return rules


def _body(condition: str | None, sentence: str, event: str) -> str:
    # The class of errors that a broken constraint has.
    quoted = sentence.replace("'", "''")
    refuse = f"RAISE EXCEPTION '{quoted}' USING ERRCODE = 'integrity_constraint_violation';"
    if condition is None:
        return f"BEGIN {refuse} END"
    # PostgreSQL has no subqueries in a trigger's WHEN, and IS NOT takes no value.
    expression = re.sub(r"\bIS NOT (?!NULL\b)", "IS DISTINCT FROM ", condition)
    goes_on = "OLD" if event == "DELETE" else "NEW"
    return f"BEGIN IF {expression} THEN {refuse} END IF; RETURN {goes_on}; END"


def made(name: str, fires: str, body: str) -> list[str]:
    """Return the statements that make a rule or a watcher on PostgreSQL.

    Its function finds our tables whatever the search path of whoever sets it off, who could put a
    table of their own before them: `replace_rules` sees to what is current.
    """
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path FROM CURRENT AS $${body}$$",
        f"CREATE TRIGGER {name} {fires} EXECUTE FUNCTION {name}()",
    ]


def set_revision(connection: Connection, value: int) -> None:
    """Let the revision jump, which only the owner of a store can: it is restored, or copied.

    Inside the caller's transaction; nobody ever sees the store without the rule.
    """
    rule = "revision_only_rises"
    if connection.dialect.name == "sqlite":
        before, after = f"DROP TRIGGER {rule}", sqlite_triggers()[rule]
    else:
        before, after = (f"ALTER TABLE revision {what} TRIGGER {rule}" for what in _SWITCH)
    connection.exec_driver_sql(before)
    connection.execute(text("UPDATE revision SET value = :value"), {"value": value})
    connection.exec_driver_sql(after)


_SWITCH = ("DISABLE", "ENABLE")


def postgres_triggers() -> dict[str, list[str]]:
    """Return the rules on PostgreSQL: by name the statements that make each."""
    return {name: made(name, fires, body) for name, (_, fires, body) in postgres_rules().items()}

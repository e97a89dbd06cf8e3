"""Telling which account of a copy is which of the store's: by whose they are, not by number.

A number of an account was given out twice where a store went on from an older copy, and where an
older copy is upgraded, which numbers those that it knows. Taken by number, somebody's password
would open what is somebody else's.
"""

from sqlalchemy import Connection

# Whom an account was ever opened for, also whom a restore removed.
_HOLDERS = """
CREATE TEMP TABLE holders_{0} AS
SELECT id AS person, account_id AS account FROM {0}.people WHERE account_id IS NOT NULL
UNION SELECT json_extract(content, '$.id'), json_extract(content, '$.account_id')
FROM {0}.tombstones WHERE of_table = 'people' AND json_extract(content, '$.account_id') IS NOT NULL
"""
# By a person whom both know; else a number that neither has given out.
_NAMES = """
CREATE TEMP TABLE account_names AS
SELECT c.id AS copied, coalesce(
    (SELECT min(k.account) FROM temp.holders_copy h JOIN temp.holders_replaced k USING (person)
     WHERE h.account = c.id),
    (SELECT max(id) FROM (SELECT id FROM copy.accounts UNION SELECT id FROM replaced.accounts))
    + row_number() OVER (ORDER BY c.id)) AS known
FROM copy.accounts c
WHERE c.id IN (SELECT account FROM temp.holders_copy)
AND NOT EXISTS (SELECT 1 FROM temp.holders_copy h JOIN temp.holders_replaced k USING (person)
                WHERE h.account = c.id AND k.account = c.id)
AND (c.id IN (SELECT id FROM replaced.accounts)
     OR EXISTS (SELECT 1 FROM temp.holders_copy h JOIN temp.holders_replaced k USING (person)
                WHERE h.account = c.id))
"""
_RENAME = (
    """
    UPDATE copy.people AS p SET account_id = n.known FROM temp.account_names n
    WHERE n.copied = p.account_id
    """,
    """
    UPDATE copy.tombstones AS t SET content = json_set(t.content, '$.account_id', n.known)
    FROM temp.account_names n
    WHERE t.of_table = 'people' AND n.copied = json_extract(t.content, '$.account_id')
    """,
    # First out of the way: one may be called what another is called now.
    "UPDATE copy.accounts SET id = -id WHERE id IN (SELECT copied FROM temp.account_names)",
    """
    UPDATE OR REPLACE copy.accounts AS a SET id = n.known FROM temp.account_names n
    WHERE n.copied = -a.id
    """,
)


def tell_apart(connection: Connection) -> None:
    """Call a copy's accounts what the store calls them, in the copy; what is nobody's there, anew.

    Inside the transaction of a restore, before anything is brought together.
    """
    temporary = ("holders_copy", "holders_replaced", "account_names")
    for table in temporary:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{table}")
    for schema in ("copy", "replaced"):
        connection.exec_driver_sql(_HOLDERS.format(schema))
    for statement in (_NAMES, *_RENAME):
        connection.exec_driver_sql(statement)
    for table in temporary:
        connection.exec_driver_sql(f"DROP TABLE temp.{table}")

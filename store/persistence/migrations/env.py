"""Alembic's entry: runs inside the transaction it is given, so a migration is whole or absent."""

from alembic import context

from store.persistence.migrations.collation import sort_by_bytes

connection = context.config.attributes["connection"]
on_server = connection.dialect.name == "postgresql"
if on_server:
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
if on_server:
    sort_by_bytes(connection)

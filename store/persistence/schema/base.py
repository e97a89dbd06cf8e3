"""What every table stands on."""

from typing import Any

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def workspace_column() -> Column[int]:
    """Return the column that says whose a row is."""
    return Column("workspace_id", Integer, ForeignKey("workspaces.id"), nullable=False)


def partial(condition: str) -> dict[str, Any]:
    """Return what makes an index one of the rows that meet a condition.

    It is so on PostgreSQL as well; to say it in its words would load its dialect at every start.
    """
    return {"sqlite_where": text(condition)}


def of_key(*columns: str) -> list[ForeignKeyConstraint]:
    """Return the references of columns to a key of the same workspace."""
    return [
        ForeignKeyConstraint(["workspace_id", column], ["keys.workspace_id", "keys.id"])
        for column in columns
    ]


def of_connection() -> list[ForeignKeyConstraint]:
    """Return the reference of `connection_id` to a connection of the same workspace."""
    return [
        ForeignKeyConstraint(
            ["workspace_id", "connection_id"], ["connections.workspace_id", "connections.id"]
        )
    ]

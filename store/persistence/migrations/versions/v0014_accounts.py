"""People of one workspace each, and accounts: a code and its password open who issued it alone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# Where a workspace knows somebody from: they are in it, or what they knew there is on record.
_TRACES = """
SELECT person_id, workspace_id, 0 AS past FROM memberships
UNION SELECT person_id, workspace_id, 1 FROM key_holders
UNION SELECT person_id, workspace_id, 1 FROM offboardings
UNION SELECT person_id, workspace_id, 1 FROM key_views
"""
_SIGNED_IN = """
SELECT max(at) FROM audit WHERE workspace_id = :workspace_id AND actor_id = :person_id
AND action IN ('person.signed_in', 'person.enrolled', 'person.signed_in_over_ssh',
 'person.switched_here', 'person.signed_in_to_approve')
"""
_THEIRS = ("memberships", "key_views", "key_holders", "offboardings")
_PEOPLE = (
    *("id", "workspace_id", "email", "email_folded", "name", "name_folded", "account_id"),
    *("enrolment_digest", "enrolment_expires_at", "created_at", "last_sign_in_at"),
)


def upgrade() -> None:
    """Give each workspace rows of its own for its people; who was in several keeps one account."""
    if op.get_bind().dialect.name == "sqlite":
        # The table is made anew below; what points to its rows finds them again at the end.
        op.execute("PRAGMA defer_foreign_keys = ON")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_set_at", sa.BigInteger(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    rows, moved = _people()
    _make_people_anew(rows)
    for table in _THEIRS:
        for (person_id, workspace_id), new_id in moved.items():
            op.get_bind().execute(
                sa.text(
                    f"UPDATE {table} SET person_id = :new"  # noqa: S608
                    " WHERE person_id = :old AND workspace_id = :workspace"
                ),
                {"new": new_id, "old": person_id, "workspace": workspace_id},
            )
    _make_memberships_anew()


def _people() -> tuple[list[dict[str, object]], dict[tuple[int, int], int]]:
    """Return the people as they are to be, and which row of whom goes to which workspace."""
    connection = op.get_bind()
    traces: dict[int, dict[int, int]] = {}
    for person_id, workspace_id, past in connection.execute(sa.text(_TRACES)).all():
        found = traces.setdefault(person_id, {})
        found[workspace_id] = min(past, found.get(workspace_id, 1))
    oldest = int(connection.execute(sa.text("SELECT min(id) FROM workspaces")).scalar() or 0)
    old = connection.execute(sa.text("SELECT * FROM people ORDER BY id")).mappings().all()
    next_id = max((row["id"] for row in old), default=0) + 1
    rows: list[dict[str, object]] = []
    moved: dict[tuple[int, int], int] = {}
    for row in old:
        # Where they are comes first: that is who keeps the row.
        whose = traces.get(row["id"]) or {oldest: 1}
        workspaces = sorted(whose, key=lambda one: (whose[one], one))
        member_of = [one for one in workspaces if not whose[one]]
        account_id = _account(row) if member_of else None
        for place, workspace_id in enumerate(workspaces):
            known = {column: row[column] for column in _PEOPLE if column in row}
            known |= {"workspace_id": workspace_id, "account_id": None}
            if workspace_id in member_of:
                known["account_id"] = account_id
            if account_id is not None or len(workspaces) > 1:
                # Of a code that opened two workspaces nobody knows whose it was.
                known |= {"enrolment_digest": None, "enrolment_expires_at": None}
            if len(workspaces) > 1:
                asked = {"workspace_id": workspace_id, "person_id": row["id"]}
                seen = connection.execute(sa.text(_SIGNED_IN), asked).scalar()
                known["last_sign_in_at"] = seen
            if place:
                known["id"] = moved[row["id"], workspace_id] = next_id
                next_id += 1
            rows.append(known)
    return rows, moved


def _account(row: sa.RowMapping) -> int | None:
    """Make the account of somebody who had a password, or came in by an SSH key without one."""
    if row["password_hash"] is None and row["last_sign_in_at"] is None:
        return None
    accounts = sa.table(
        "accounts",
        *(sa.column(name) for name in ("id", "password_hash", "code_digest", "code_expires_at")),
    )
    # Beside a password a code was the operator's; without one it was an admin's, and is void.
    whole = row["password_hash"] is not None
    made: int = (
        op.get_bind()
        .execute(
            sa.insert(accounts)
            .values(
                password_hash=row["password_hash"],
                code_digest=row["enrolment_digest"] if whole else None,
                code_expires_at=row["enrolment_expires_at"] if whole else None,
            )
            .returning(accounts.c.id)
        )
        .scalar_one()
    )
    return made


def _make_people_anew(rows: list[dict[str, object]]) -> None:
    connection = op.get_bind()
    on_server = connection.dialect.name == "postgresql"
    if on_server:
        op.drop_constraint("fk_memberships_person_id", "memberships", type_="foreignkey")
        op.drop_constraint("uq_people_email_folded", "people", type_="unique")
        op.drop_column("people", "password_hash")
        for column in ("workspace_id", "account_id"):
            op.add_column("people", sa.Column(column, sa.Integer(), nullable=True))
        op.create_foreign_key(
            "fk_people_workspace_id", "people", "workspaces", ["workspace_id"], ["id"]
        )
        op.create_foreign_key("fk_people_account_id", "people", "accounts", ["account_id"], ["id"])
        op.create_unique_constraint("uq_people_workspace_id_id", "people", ["workspace_id", "id"])
    else:
        op.drop_table("people")
        op.create_table(
            "people",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("workspace_id", sa.Integer(), nullable=False),
            sa.Column("email", sa.Text(), nullable=False),
            sa.Column("email_folded", sa.Text(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("name_folded", sa.Text(), nullable=True),
            sa.Column("account_id", sa.Integer(), nullable=True),
            sa.Column("enrolment_digest", sa.LargeBinary(), nullable=True),
            sa.Column("enrolment_expires_at", sa.BigInteger(), nullable=True),
            sa.Column("created_at", sa.BigInteger(), nullable=False),
            sa.Column("last_sign_in_at", sa.BigInteger(), nullable=True),
            sa.ForeignKeyConstraint(
                ["account_id"], ["accounts.id"], name=op.f("fk_people_account_id")
            ),
            sa.ForeignKeyConstraint(
                ["workspace_id"], ["workspaces.id"], name=op.f("fk_people_workspace_id")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
            sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_people_workspace_id_id")),
        )
    people = sa.table("people", *(sa.column(name) for name in _PEOPLE))
    kept = set(connection.execute(sa.select(people.c.id)).scalars())
    for row in rows:
        if row["id"] in kept:
            connection.execute(sa.update(people).where(people.c.id == row["id"]).values(**row))
        else:
            connection.execute(sa.insert(people).values(**row))
    if on_server:
        op.alter_column("people", "workspace_id", nullable=False)
        op.execute(
            "SELECT setval(pg_get_serial_sequence('people', 'id'), greatest(max(id), 1),"
            " max(id) IS NOT NULL) FROM people"
        )
    for column in ("email_folded", "account_id"):
        op.create_index(op.f(f"ix_people_{column}"), "people", [column], unique=False)


def _make_memberships_anew() -> None:
    # SQLite adds no constraint to a table that is there.
    op.execute("CREATE TEMPORARY TABLE kept_memberships AS SELECT * FROM memberships")
    op.drop_table("memberships")
    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("vouched_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'member')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["vouched_by"], ["people.id"], name=op.f("fk_memberships_vouched_by")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_memberships_workspace_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.execute(
        "INSERT INTO memberships (workspace_id, person_id, role, joined_at)"
        " SELECT workspace_id, person_id, role, joined_at FROM kept_memberships"
    )
    op.execute("DROP TABLE kept_memberships")

"""What a restore takes from the copy, and what it does not: each column of each table, judged once.

Nothing that ended may begin again. So a row of the copy (`t`) is brought together with what is
known of the same row (`k`): as it stands in the store that is replaced, or as an earlier restore
removed it, which is kept in `tombstones`. A row that nothing is known of is taken as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from store.persistence.schema import OF_CONNECTIONS, OF_KEYS, UsageTables
from store.persistence.schema.business import BUSINESS

Rule = Callable[[str], str]
"""Gives the SQL of a column's value; `t` is the copy's row, `k` the known one."""


def copied(column: str) -> str:
    """As the copy has it: nothing ends by it."""
    return f"t.{column}"


def kept(column: str) -> str:
    """As it is known: decided later than the copy was made."""
    return f"k.{column}"


def once(column: str) -> str:
    """Set as soon as either is: what is said once is not taken back."""
    return f"coalesce(k.{column}, t.{column})"


def following(anchor: str) -> Rule:
    """As whichever row it is from that `anchor` is taken from by `once`."""
    return lambda column: f"CASE WHEN k.{anchor} IS NULL THEN t.{column} ELSE k.{column} END"


def earliest(column: str) -> str:
    """The sooner end; an end that is not set comes last."""
    return f"min(coalesce(t.{column}, k.{column}), coalesce(k.{column}, t.{column}))"


def latest(column: str) -> str:
    """The higher of both."""
    return f"max(coalesce(t.{column}, k.{column}), coalesce(k.{column}, t.{column}))"


def of_later(anchor: str) -> Rule:
    """As the row has it in which `anchor` is higher."""
    return lambda column: f"CASE WHEN k.{anchor} > t.{anchor} THEN k.{column} ELSE t.{column} END"


def narrowest(column: str) -> str:
    """The scopes that both have; the known ones where they have none in common."""
    return f"narrowest(t.{column}, k.{column})"


def strictest_networks(column: str) -> str:
    """The networks that both have, or that only one is limited to."""
    return f"strictest_networks(t.{column}, k.{column})"


def strictest_limits(column: str) -> str:
    """The fewer requests of each length; what only one is limited to as well."""
    return f"strictest_limits(t.{column}, k.{column})"


def widest(column: str) -> str:
    """The actions that either has: no key is left with one that its resource lacks."""
    return f"widest(t.{column}, k.{column})"


def least(column: str) -> str:
    """The role of both that may do less."""
    return f"least_role(t.{column}, k.{column})"


def newest_secret(column: str) -> str:
    """Of whichever row has had more secrets: an earlier one opens nothing any more."""
    return f"CASE WHEN k.generation >= t.generation THEN k.{column} ELSE t.{column} END"


def raised(column: str) -> str:
    """The copy's; the restore's own where what is known has changed the row."""
    return f"t.{column}"


def voided(column: str) -> str:
    """Nothing: what is used once may have been, and would be whole again."""
    return "NULL"


class RowsTaken(Enum):
    """Which rows of a table are there after a restore, before what is known is brought in."""

    FROM_COPY = "those of the copy"
    NEVER = "those of the replaced store: a copy would make whole what was used up"
    EMPTIED = "none: what is under way begins anew"
    IN_FORCE = "those of the replaced store: earlier ones may take less of a request"


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of one table."""

    columns: Mapping[str, Rule]
    """Every column."""
    taken: RowsTaken = RowsTaken.FROM_COPY
    unless_known: str | None = None
    """SQL over the copy's row `t`: where it holds, a row that the store lacks is not taken."""
    stays: bool = False
    """Rows that the copy does not know stay, where all that they refer to is there."""
    remembered: bool = False
    """Rows that are gone leave a tombstone."""
    ends: bool = False
    """A row that is known no more, of a workspace and a person that are, has ended."""
    told: tuple[str, ...] = ()
    """Where one of these is not as in the copy, the audit says so, and the revision is raised."""

    @property
    def used_up(self) -> bool:
        """Return whether a copy's rows may have been used since."""
        return self.taken in (RowsTaken.NEVER, RowsTaken.EMPTIED)

    @property
    def voided(self) -> tuple[str, ...]:
        """Return the columns that hold nothing afterwards, in any row."""
        return tuple(name for name, rule in self.columns.items() if rule is voided)

    @property
    def merged(self) -> dict[str, Rule]:
        """Return the columns in which something other than the copy counts."""
        return {
            name: rule
            for name, rule in self.columns.items()
            if rule not in (copied, raised, voided)
        }


def _columns(*judged: tuple[Rule, str]) -> dict[str, Rule]:
    return {column: rule for rule, columns in judged for column in columns.split()}


_GRANTED = " UNION ALL ".join(
    f"SELECT 1 FROM main.{table} g WHERE g.revoked_at IS NULL"  # noqa: S608
    " AND instr(' ' || g.scopes, ' ' || t.name || ':')"
    f" AND NOT EXISTS (SELECT 1 FROM replaced.{table} k WHERE k.id = g.id)"
    for table in ("keys", "connections")
)
"""A scope on a resource `t` that a key has which the store does not: it was not asked about."""
_REVOCATION = (once, "revoked_at"), (following("revoked_at"), "revoked_by revoke_reason")
_TOKEN = (copied, "id workspace_id connection_id digest pepper created_at expires_at")


def _usage(of: UsageTables) -> dict[str, Judged]:
    mine = f"workspace_id {of.owner}"
    counts = (copied, f"{mine} starts_at span_ms count")
    span = (earliest, "first_used_at"), (latest, "last_used_at")
    return {
        # Somebody decides by when a key was used last.
        of.used.name: Judged(
            _columns((copied, mine), *span, (of_later("last_used_at"), "last_address")), stays=True
        ),
        of.scope_used.name: Judged(_columns((copied, f"{mine} scope"), *span), stays=True),
        of.verdicts.name: Judged(_columns(counts, (copied, "verdict"))),
        of.scopes.name: Judged(_columns(counts, (copied, "scope"))),
        of.refusals.name: Judged(
            _columns(
                (copied, f"id {mine} at verdict address user_agent method path request_id"),
                *([(copied, "tool")] if of.tools is not None else ()),
            )
        ),
        of.callers.name: Judged(
            _columns((copied, f"{mine} address user_agent first_at last_at count"))
        ),
        **_tools(of, mine),
        of.observed.name: Judged(
            _columns(
                (copied, f"{mine} verdict address user_agent method path first_at last_at count"),
            )
        ),
    }


def _tools(of: UsageTables, mine: str) -> dict[str, Judged]:
    if of.tools is None:
        return {}
    columns = f"{mine} starts_at tool outcome count last_at"
    return {of.tools.name: Judged(_columns((copied, columns)))}


RULES: Mapping[str, Judged] = {
    "settings": Judged(
        _columns(
            (copied, "id prefix created_at"),
            # Whether it waits is about the store, not about what is in it.
            (kept, "restored_at confirmed_at moved_to leak_policy"),
        )
    ),
    "revision": Judged(_columns((copied, "id changed_rows"), (raised, "value"))),
    "peppers": Judged(_columns((copied, "fingerprint added_at")), stays=True),
    "workspaces": Judged(
        _columns((copied, "id slug name created_at colour"), (kept, "plan")), remembered=True
    ),
    "accounts": Judged(
        _columns(
            (copied, "id"),
            # An older password opens nothing again.
            (kept, "password_hash password_set_at"),
            (voided, "code_digest code_expires_at"),
        ),
        stays=True,
    ),
    # Whoever was added since is no member, and still nobody else.
    "people": Judged(
        _columns(
            (copied, "id workspace_id email email_folded name name_folded created_at"),
            (kept, "account_id"),
            (voided, "enrolment_digest enrolment_expires_at login_digest login_expires_at"),
            (latest, "last_sign_in_at"),
        ),
        stays=True,
        remembered=True,
    ),
    "memberships": Judged(
        _columns((copied, "workspace_id person_id joined_at vouched_by"), (least, "role")),
        remembered=True,
        ends=True,
    ),
    # What was removed lets nobody in again, what was added does. Where nobody knows any more what
    # was removed, the operator adds them anew.
    "ssh_keys": Judged(
        _columns(
            (kept, "fingerprint workspace_id person_id kind blob comment added_at"),
            (kept, "console looks_only"),
        ),
        taken=RowsTaken.NEVER,
    ),
    "key_views": Judged(_columns((copied, "workspace_id person_id filter sort descending"))),
    # Waiting for the next attempt goes on.
    "sign_in_attempts": Judged(
        _columns((kept, "email_digest failures last_at")), taken=RowsTaken.NEVER
    ),
    # A key keeps scopes that it has now, and they are of a resource, and of an action of it.
    # The sample API stays out where it was taken out, and one's own resource is no part of it.
    "resources": Judged(
        _columns((copied, "name"), (kept, "title builtin"), (widest, "actions")),
        unless_known=f"t.builtin AND NOT EXISTS ({_GRANTED})",
        stays=True,
    ),
    "routes": Judged(_columns((kept, "method path needs document")), taken=RowsTaken.IN_FORCE),
    # Where calls go, and which are made at all.
    "tool_documents": Judged(_columns((kept, "title upstream tools")), taken=RowsTaken.IN_FORCE),
    "keys": Judged(
        _columns(
            (copied, "id workspace_id name name_folded created_at created_by"),
            (copied, "lifetime_ms rotate_every_days lineage"),
            (newest_secret, "digest pepper confirmed_at"),
            (latest, "generation"),
            (narrowest, "scopes"),
            (earliest, "expires_at"),
            *_REVOCATION,
            (once, "leaked_at"),
            (kept, "foreign_hash"),
            (strictest_networks, "networks"),
            (latest, "not_before"),
            (strictest_limits, "limits"),
            # A stop of an owner or a label is of whoever has it now.
            (kept, "owner labels remark"),
            (raised, "revision"),
        ),
        remembered=True,
        told=("digest", "scopes", "expires_at", "revoked_at", "networks", "not_before", "limits"),
    ),
    # What is limited in either is: whoever restores lifts it.
    "limits": Judged(
        _columns((copied, "workspace_id kind value set_at set_by"), (strictest_limits, "windows")),
        stays=True,
    ),
    # What is used is used.
    "limit_counts": Judged(
        _columns((kept, "workspace_id kind value span starts_at verifier used")),
        taken=RowsTaken.NEVER,
    ),
    # What is stopped in either is: whoever restores lets it go on.
    "stops": Judged(
        _columns((copied, "workspace_id kind value stopped_at stopped_by reason")), stays=True
    ),
    "rotations": Judged(
        _columns(
            (copied, "id workspace_id predecessor_id successor_id started_at started_by"),
            (copied, "overlap_ends_at expires_before token"),
        )
    ),
    # Who learned a secret has not unlearned it.
    "key_holders": Judged(
        _columns((copied, "workspace_id key_id person_id how generation since")),
        stays=True,
        remembered=True,
    ),
    # A value that was brought along once never is again, whatever becomes of its key.
    "foreign_digests": Judged(
        _columns((copied, "digest workspace_id key_id hash guard"), (once, "arrived")),
        stays=True,
        remembered=True,
    ),
    "foreign_shapes": Judged(
        _columns((copied, "workspace_id hash pepper prefix shortest longest")), stays=True
    ),
    "offboardings": Judged(
        _columns(
            (copied, "id workspace_id person_id started_at started_by"),
            (once, "finished_at"),
            (following("finished_at"), "finished_by"),
        ),
        stays=True,
    ),
    "offboarding_keys": Judged(
        _columns(
            (copied, "workspace_id offboarding_id key_id ways since"),
            (once, "decision"),
            (following("decision"), "reason successor_id decided_at decided_by"),
        ),
        stays=True,
    ),
    "audit": Judged(
        _columns(
            (copied, "id workspace_id seq at actor_id actor action subject subject_name details"),
            (copied, "revision pepper previous_mac mac"),
        )
    ),
    **{table.name: Judged(dict.fromkeys(table.columns.keys(), copied)) for table in BUSINESS},
    # With the things that were made: without, a client that asks again would make two.
    "idempotency_keys": Judged(
        _columns(
            (copied, "workspace_id owner operation digest fingerprint status location etag body"),
            (copied, "created_at"),
        )
    ),
    # Who may ask is what it was; each connection keeps what was approved.
    "client_documents": Judged(
        _columns((copied, "workspace_id client_id name redirect_uris added_at added_by"))
    ),
    "oauth_clients": Judged(_columns((copied, "id name redirect_uris network created_at"))),
    "connections": Judged(
        _columns(
            (copied, "id workspace_id client_id name name_folded redirect_host resource"),
            (copied, "created_at approved_by"),
            (narrowest, "scopes"),
            (earliest, "expires_at"),
            (once, "opened_at"),
            *_REVOCATION,
            (strictest_networks, "networks"),
            (raised, "revision"),
        ),
        remembered=True,
        told=("scopes", "expires_at", "revoked_at", "networks"),
    ),
    "access_tokens": Judged(_columns(_TOKEN), taken=RowsTaken.NEVER),
    "refresh_tokens": Judged(
        _columns(_TOKEN, (copied, "used_at used_from")), taken=RowsTaken.NEVER
    ),
    "authorization_codes": Judged(
        _columns(
            (copied, "id workspace_id connection_id client_id redirect_uri code_challenge"),
            (copied, "digest pepper expires_at used_at"),
        ),
        taken=RowsTaken.EMPTIED,
    ),
    "asks": Judged(
        _columns(
            (copied, "id client_id redirect_uri state code_challenge scopes resource"),
            (copied, "browser_digest short_code_digest pepper network created_at expires_at"),
            (copied, "person_id session_digest decided_at approved_in connection_id picked_up_at"),
        ),
        taken=RowsTaken.EMPTIED,
    ),
    **_usage(OF_KEYS),
    **_usage(OF_CONNECTIONS),
}
"""By table: all but those that belong to one database and the tombstones themselves."""
HOW = {
    "revoked_at": "revoked",
    "expires_at": "ended",
    "scopes": "narrowed",
    "not_before": "delayed",
    "networks": "networks",
    "limits": "limits",
    "digest": "secret",
}
"""What is kept where a column that is `told` is not as in the copy."""

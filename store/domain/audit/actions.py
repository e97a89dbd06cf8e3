"""What is written down: every action that an entry of the audit can tell of. Pure."""

from enum import StrEnum


class Action(StrEnum):
    """What somebody did, as it is stored: by what it was done to, then what was done.

    An action is never renamed and never taken away: entries that tell of it stay.
    """

    KEY_CREATED = "key.created"
    KEY_IMPORTED = "key.imported"
    KEY_CONFIRMED = "key.confirmed"
    KEY_SHOWN = "key.shown"
    KEY_COPIED = "key.copied"
    KEY_FILED = "key.filed"
    KEY_PIPED = "key.piped"
    KEY_SCOPED = "key.scoped"
    KEY_TRIMMED = "key.trimmed"
    KEY_DECIDED = "key.decided"
    KEY_EXTENDED = "key.extended"
    KEY_RENAMED = "key.renamed"
    KEY_HOLDERS_NAMED = "key.holders_named"
    KEY_NETWORKS_SET = "key.networks_set"
    KEY_BEGINNING_MOVED = "key.beginning_moved"
    KEY_LIMITS_SET = "key.limits_set"
    KEY_OWNER_SET = "key.owner_set"
    KEY_LABELLED = "key.labelled"
    KEY_REMARKED = "key.remarked"
    KEY_ROTATED = "key.rotated"
    KEY_MINTED_ANEW = "key.minted_anew"
    KEY_OVERLAP_ENDED = "key.overlap_ended"
    KEY_OVERLAP_EXTENDED = "key.overlap_extended"
    KEY_ROTATION_FINISHED = "key.rotation_finished"
    KEY_ROTATION_ABANDONED = "key.rotation_abandoned"
    KEY_REVOKED = "key.revoked"
    KEY_STOPPED = "key.stopped"
    KEY_RESUMED = "key.resumed"
    KEY_IN_FORCE = "key.in_force"
    KEY_FOUND_LEAKED = "key.found_leaked"
    LEAK_REPORTED = "leak.reported"
    LEAK_DISMISSED = "leak.dismissed"
    KEY_CARRIED_OVER = "key.carried_over"
    CONNECTION_APPROVED = "connection.approved"
    CONNECTION_DENIED = "connection.denied"
    CONNECTION_OPENED = "connection.opened"
    CONNECTION_RENEWED_AGAIN = "connection.renewed_again"
    CONNECTION_RENEWED_ELSEWHERE = "connection.renewed_elsewhere"
    CONNECTION_SCOPED = "connection.scoped"
    CONNECTION_NETWORKS_SET = "connection.networks_set"
    CONNECTION_REVOKED = "connection.revoked"
    CONNECTION_ENDED = "connection.ended"
    CONNECTION_IN_FORCE = "connection.in_force"
    CLIENT_ADDED = "client.added"
    CLIENT_CHANGED = "client.changed"
    CLIENT_REMOVED = "client.removed"
    CONNECTION_CARRIED_OVER = "connection.carried_over"
    PERSON_ADDED = "person.added"
    PERSON_CODE_ISSUED = "person.code_issued"
    PERSON_LEFT = "person.left"
    PERSON_KEYS_LISTED = "person.keys_listed"
    PERSON_OFFBOARDED = "person.offboarded"
    PERSON_ROLE_CHANGED = "person.role_changed"
    PERSON_SIGNED_IN = "person.signed_in"
    PERSON_SIGNED_IN_OVER_SSH = "person.signed_in_over_ssh"
    PERSON_SIGNED_IN_TO_APPROVE = "person.signed_in_to_approve"
    PERSON_SWITCHED_HERE = "person.switched_here"
    PERSON_LOGGED_IN = "person.logged_in"
    PERSON_LOGGED_OUT = "person.logged_out"
    PERSON_ENROLLED = "person.enrolled"
    PERSON_SSH_KEY_ADDED = "person.ssh_key_added"
    PERSON_SSH_KEY_REMOVED = "person.ssh_key_removed"
    PERSON_PASSWORD_CHOSEN = "person.password_chosen"  # noqa: S105
    PERSON_PASSWORD_CHANGED = "person.password_changed"  # noqa: S105
    PERSON_SIGN_IN_FAILED = "person.sign_in_failed"
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_PLAN_CHANGED = "workspace.plan_changed"
    WORKSPACE_PLAN_IN_FORCE = "workspace.plan_in_force"
    WORKSPACE_COLOUR_CHANGED = "workspace.colour_changed"
    WORKSPACE_STOPPED = "workspace.stopped"
    WORKSPACE_RESUMED = "workspace.resumed"
    WORKSPACE_STOP_IN_FORCE = "workspace.stop_in_force"
    WORKSPACE_LIMITS_SET = "workspace.limits_set"
    WORKSPACE_LIMITS_IN_FORCE = "workspace.limits_in_force"
    OWNER_LIMITS_SET = "owner.limits_set"
    OWNER_LIMITS_IN_FORCE = "owner.limits_in_force"
    OWNER_STOPPED = "owner.stopped"
    OWNER_RESUMED = "owner.resumed"
    OWNER_IN_FORCE = "owner.in_force"
    LABEL_STOPPED = "label.stopped"
    LABEL_RESUMED = "label.resumed"
    LABEL_IN_FORCE = "label.in_force"
    RESOURCE_ADDED = "resource.added"
    RESOURCE_CHANGED = "resource.changed"
    RESOURCE_REMOVED = "resource.removed"
    ROUTE_ADDED = "route.added"
    ROUTE_CHANGED = "route.changed"
    ROUTE_REMOVED = "route.removed"
    ROUTE_IMPORTED = "route.imported"
    ROUTE_IN_FORCE = "route.in_force"
    TOOLS_SET = "tools.set"
    TOOLS_REMOVED = "tools.removed"
    TOOLS_IN_FORCE = "tools.in_force"
    STORE_RESTORED = "store.restored"
    STORE_CONFIRMED = "store.confirmed"
    STORE_LEAK_POLICY_CHANGED = "store.leak_policy_changed"
    VERIFIER_FORGOTTEN = "verifier.forgotten"
    AUDIT_ARCHIVED = "audit.archived"

    @property
    def receipt(self) -> "Action":
        """The action that tells when this one is in force.

        Raises KeyError for one that can take nothing away.
        """
        return _OF_ITS_OWN.get(self) or _RECEIPTS[self.partition(".")[0]]


SIGN_INS = frozenset(
    {
        Action.PERSON_SIGNED_IN,
        Action.PERSON_SIGNED_IN_OVER_SSH,
        Action.PERSON_SIGNED_IN_TO_APPROVE,
        Action.PERSON_SWITCHED_HERE,
        Action.PERSON_LOGGED_IN,
        Action.PERSON_LOGGED_OUT,
    }
)
"""That somebody came in, or went, which changes nothing. That somebody could not is news."""


_RECEIPTS = {
    "key": Action.KEY_IN_FORCE,
    "connection": Action.CONNECTION_IN_FORCE,
    "workspace": Action.WORKSPACE_PLAN_IN_FORCE,
    "owner": Action.OWNER_IN_FORCE,
    "label": Action.LABEL_IN_FORCE,
    "route": Action.ROUTE_IN_FORCE,
    "tools": Action.TOOLS_IN_FORCE,
}
"""By what was done to: whatever takes something away of it is in force alike."""
_OF_ITS_OWN = {
    Action.WORKSPACE_STOPPED: Action.WORKSPACE_STOP_IN_FORCE,
    Action.WORKSPACE_LIMITS_SET: Action.WORKSPACE_LIMITS_IN_FORCE,
    Action.OWNER_LIMITS_SET: Action.OWNER_LIMITS_IN_FORCE,
}

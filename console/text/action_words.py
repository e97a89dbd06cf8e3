"""Every action of the audit in words, and how grave it is: one record each."""

from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.audit.entry import UNREADABLE


@dataclass(frozen=True, slots=True)
class Words:
    """How one action is told."""

    did: str
    """Before what it was done to: `revoked key`."""
    of_it: str = ""
    """In the history of a key or connection: `revoked it`; empty of what is in neither."""
    grave: bool = False
    """Whether it stands out in a list."""
    oneself: bool = False
    """Whether it is mostly done to oneself, who is not named twice then."""


WORDS: dict[Action, Words] = {
    Action.KEY_CREATED: Words("created key", "created it"),
    Action.KEY_IMPORTED: Words("brought along key", "brought it along"),
    Action.KEY_CONFIRMED: Words("stored key", "stored it"),
    Action.KEY_SHOWN: Words("was shown key", "was shown it"),
    Action.KEY_COPIED: Words("copied key", "copied it"),
    Action.KEY_FILED: Words("wrote to a file the key", "wrote it to a file"),
    Action.KEY_PIPED: Words("piped to a command the key", "piped it to a command"),
    Action.KEY_SCOPED: Words("scoped key", "scoped it"),
    Action.KEY_TRIMMED: Words("trimmed key", "trimmed it"),
    Action.KEY_DECIDED: Words("decided for a leaver about key", "decided about it"),
    Action.KEY_EXTENDED: Words("moved expiry of key", "moved its expiry"),
    Action.KEY_RENAMED: Words("renamed key", "renamed it"),
    Action.KEY_HOLDERS_NAMED: Words("named holders of key", "named its holders"),
    Action.KEY_LIMITS_SET: Words("limited key", "limited it"),
    Action.KEY_NETWORKS_SET: Words("set networks of key", "set its networks"),
    Action.KEY_BEGINNING_MOVED: Words("moved beginning of key", "moved its beginning"),
    Action.KEY_OWNER_SET: Words("set owner of key", "set its owner"),
    Action.KEY_LABELLED: Words("labelled key", "labelled it"),
    Action.KEY_REMARKED: Words("remarked on key", "remarked on it"),
    Action.KEY_ROTATED: Words("rotated key", "rotated it"),
    Action.KEY_MINTED_ANEW: Words("was shown anew key", "was shown it anew"),
    Action.KEY_OVERLAP_ENDED: Words("ended overlap of key", "ended its overlap"),
    Action.KEY_OVERLAP_EXTENDED: Words("extended overlap of key", "extended its overlap"),
    Action.KEY_ROTATION_FINISHED: Words("finished rotation to key", "finished its rotation"),
    Action.KEY_ROTATION_ABANDONED: Words("abandoned rotation of key", "abandoned its rotation"),
    Action.KEY_REVOKED: Words("revoked key", "revoked it", grave=True),
    Action.KEY_STOPPED: Words("stopped key", "stopped it", grave=True),
    Action.KEY_RESUMED: Words("let go on key", "let it go on"),
    Action.KEY_IN_FORCE: Words("change in force of key", "saw it in force"),
    Action.KEY_FOUND_LEAKED: Words(
        "found leaked key", "found it where it should not be", grave=True
    ),
    Action.LEAK_REPORTED: Words("told of leaked key", "says that it is out", grave=True),
    Action.LEAK_DISMISSED: Words("dismissed the leak of key", "says that it is no leak"),
    Action.KEY_CARRIED_OVER: Words("restored a backup but not key", "restored a backup; it stayed"),
    Action.CONNECTION_APPROVED: Words("connected", "approved it"),
    Action.CONNECTION_DENIED: Words("denied", "denied it"),
    Action.CONNECTION_OPENED: Words("opened connection", "opened it"),
    Action.CONNECTION_RENEWED_AGAIN: Words("renewed twice connection", "renewed it twice"),
    Action.CONNECTION_RENEWED_ELSEWHERE: Words(
        "renewed from two networks connection", "renewed it from another network too", grave=True
    ),
    Action.CONNECTION_SCOPED: Words("narrowed connection", "narrowed it"),
    Action.CONNECTION_NETWORKS_SET: Words("set networks of connection", "set its networks"),
    Action.CONNECTION_REVOKED: Words("revoked connection", "revoked it", grave=True),
    Action.CONNECTION_ENDED: Words("ended connection", "ended it", grave=True),
    Action.CONNECTION_IN_FORCE: Words("change in force of connection", "saw it in force"),
    Action.CONNECTION_CARRIED_OVER: Words(
        "restored a backup but not connection", "restored a backup; it stayed"
    ),
    Action.CLIENT_ADDED: Words("let ask for a connection"),
    Action.CLIENT_CHANGED: Words("renewed what is known of"),
    Action.CLIENT_REMOVED: Words("lets no longer ask for a connection"),
    Action.PERSON_ADDED: Words("added"),
    Action.PERSON_CODE_ISSUED: Words("gave a code to"),
    Action.PERSON_LEFT: Words("let go", grave=True),
    Action.PERSON_KEYS_LISTED: Words("wrote down keys known to"),
    Action.PERSON_OFFBOARDED: Words("offboarded"),
    Action.PERSON_ROLE_CHANGED: Words("changed role of"),
    Action.PERSON_SIGNED_IN: Words("signed in", oneself=True),
    Action.PERSON_SIGNED_IN_OVER_SSH: Words("signed in over SSH", oneself=True),
    Action.PERSON_SIGNED_IN_TO_APPROVE: Words("signed in to approve", oneself=True),
    Action.PERSON_SWITCHED_HERE: Words("switched here", oneself=True),
    Action.PERSON_LOGGED_IN: Words("logged in", oneself=True),
    Action.PERSON_LOGGED_OUT: Words("logged out", oneself=True),
    Action.PERSON_ENROLLED: Words("enrolled", oneself=True),
    Action.PERSON_SSH_KEY_ADDED: Words("let an SSH key in as"),
    Action.PERSON_SSH_KEY_REMOVED: Words("took an SSH key from"),
    Action.PERSON_PASSWORD_CHOSEN: Words("chose a password", oneself=True),
    Action.PERSON_PASSWORD_CHANGED: Words("changed the password", oneself=True),
    Action.PERSON_SIGN_IN_FAILED: Words("failed sign-in of", grave=True),
    Action.WORKSPACE_CREATED: Words("made the workspace"),
    Action.WORKSPACE_PLAN_CHANGED: Words("changed the plan"),
    Action.WORKSPACE_PLAN_IN_FORCE: Words("change in force of the plan"),
    Action.WORKSPACE_COLOUR_CHANGED: Words("changed the colour"),
    Action.WORKSPACE_STOPPED: Words("stopped every key of", grave=True),
    Action.WORKSPACE_RESUMED: Words("let the keys go on of"),
    Action.WORKSPACE_STOP_IN_FORCE: Words("stop in force of"),
    Action.WORKSPACE_LIMITS_SET: Words("limited all of"),
    Action.WORKSPACE_LIMITS_IN_FORCE: Words("limits in force of"),
    Action.OWNER_LIMITS_SET: Words("limited every key for"),
    Action.OWNER_LIMITS_IN_FORCE: Words("limits in force for"),
    Action.OWNER_STOPPED: Words("stopped every key for", grave=True),
    Action.OWNER_RESUMED: Words("let the keys go on for"),
    Action.OWNER_IN_FORCE: Words("stop in force for"),
    Action.LABEL_STOPPED: Words("stopped every key labelled", grave=True),
    Action.LABEL_RESUMED: Words("let the keys go on labelled"),
    Action.LABEL_IN_FORCE: Words("stop in force of keys labelled"),
    Action.RESOURCE_ADDED: Words("added resource"),
    Action.RESOURCE_CHANGED: Words("changed the actions of resource"),
    Action.RESOURCE_REMOVED: Words("removed resource"),
    Action.ROUTE_ADDED: Words("added route"),
    Action.ROUTE_CHANGED: Words("changed route"),
    Action.ROUTE_REMOVED: Words("removed route", grave=True),
    Action.ROUTE_IMPORTED: Words("imported routes of"),
    Action.ROUTE_IN_FORCE: Words("change in force of route"),
    Action.TOOLS_SET: Words("set the tools of"),
    Action.TOOLS_REMOVED: Words("removed tools", grave=True),
    Action.TOOLS_IN_FORCE: Words("change in force of tools"),
    Action.STORE_RESTORED: Words("restored the store"),
    Action.STORE_CONFIRMED: Words("confirmed the store"),
    Action.STORE_LEAK_POLICY_CHANGED: Words("changed what a leak report does"),
    Action.VERIFIER_FORGOTTEN: Words("took off the list verifier"),
    Action.AUDIT_ARCHIVED: Words("archived the audit to"),
}

UNREADABLE_WORDS = Words("unreadable entry", "left an unreadable entry", grave=True)
"""Of what stands for a row that holds no entry any more."""

_BY_NAME: dict[str, Words] = {action.value: words for action, words in WORDS.items()}


def words_of(action: str) -> Words:
    """Return the words of an action as it is stored; one that is none is told as it is written."""
    if action == UNREADABLE:
        return UNREADABLE_WORDS
    return _BY_NAME.get(action) or Words(action.replace(".", " ").replace("_", " "), action)

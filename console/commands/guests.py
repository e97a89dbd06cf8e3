"""What somebody let in over SSH may run: each command decides, and so does each of its options.

Nothing that names a file of the machine, runs a program there or asks another server from it, and
nothing that is the operator's. What else a person may do their role says, as everywhere.
"""

from collections.abc import Mapping

_SIDES = ("--old", "--new")
_OF_LISTS = ("--columns", "--sort", "--filter", "--jsonl")
EVERYWHERE = frozenset({"--workspace", "--json", "--yes", "--help", *_OF_LISTS, *_SIDES})
"""Options that whatever a guest may run takes, where it has them."""

MAY: Mapping[str, str] = {
    "": "--version",
    "audit": "--sign-ins --limit",
    "audit anchor": "",
    "audit export": "",
    "audit verify": "--anchor --from",
    "can": "--from --cost",
    "connections approve": "--scope --for --end-earlier",
    "connections clients add": "--file",
    "connections clients list": "",
    "connections clients remove": "",
    "connections list": "",
    "connections network": "--enforce",
    "connections refusals": "",
    "connections revoke": "--reason",
    "connections scope": "--scope",
    "connections show": "",
    "connections usage": "--since",
    "help": "",
    "keys confirm": "",
    "keys create": "--name --scope --expires --rotate-every --holder --for --label --not-before"
    " --network --enforce --limit",
    "keys due": "--within",
    "keys expire": "--at --in --dry-run",
    "keys extend": "--expires",
    "keys holders": "",
    "keys import": "--prefix --dry-run --skip-bad",
    "keys label": "--dry-run",
    "keys list": "--state",
    "keys limit": "--quota --enforce --dry-run",
    "keys network": "--enforce --from-seen --dry-run",
    "keys owner": "--dry-run",
    "keys refusals": "",
    "keys remark": "--dry-run",
    "keys rename": "",
    "keys revoke": "--for --reason --dry-run",
    "keys rotate": "--overlap --idempotency-token --end-older --holder",
    "keys scope": "--scope --dry-run",
    "keys show": "",
    "keys start": "--at --in --now --dry-run",
    "keys trim": "",
    "keys unused-scopes": "",
    "keys usage": "--since",
    "leaks dismiss": "--reason",
    "limits list": "",
    "limits set": "--all --for --quota --enforce",
    "people accept": "--code-stdin",
    "people add": "--name --role",
    "people invite": "",
    "people leave": "",
    "people list": "",
    "people offboarding finish": "",
    "people offboarding keep": "--reason",
    "people offboarding list": "--all",
    "people offboarding resume": "",
    "people offboarding revoke": "--reason",
    "people offboarding rotate": "--overlap --end-older",
    "people offboarding show": "--markdown",
    "people role": "--role",
    "people ssh-keys list": "",
    "resources list": "",
    "resume": "--all --for --label --reason --dry-run",
    "rotations abandon": "--confirm",
    "rotations extend": "--overlap --dry-run",
    "rotations finish": "--confirm",
    "rotations list": "",
    "rotations show": "",
    "routes list": "",
    "routes test": "",
    "scan": "--revoke --rules",
    "stop": "--all --for --label --reason --dry-run",
    "stops list": "",
    "verifiers": "",
    "verifiers forget": "",
    "why": "",
}
"""By the name of a command the options of its own that a guest may give; "" is keydeck itself."""

STANDARD_STREAMS: Mapping[str, str] = {
    "connections clients add": "file",
    "keys import": "file",
    "people offboarding show": "markdown",
    "scan": "paths",
}
"""By the name of a command what names files elsewhere: over SSH it is - alone."""

WANTED: Mapping[str, tuple[str, str]] = {
    "connections clients add": (
        "fetching",
        "say --file -, and give what the address answers on standard input",
    ),
}
"""By the name of a command that asks elsewhere unless it is given a file: what it does, and how."""

AT_HOME = "it is for whoever sits at the machine with the store"
"""Why anything else is not there."""

_OPERATORS = "it is the operator's, at the machine with the store"
_FROM_THERE = "it asks others from that machine, or writes for it"

NOT: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "authorized-keys",
            "colour",
            "init",
            "leaks policy",
            "people authorize",
            "people ssh-keys add",
            "people ssh-keys remove",
            "plan",
            "resources actions",
            "resources add",
            "resources remove",
            "resources sample",
            "routes add",
            "routes import",
            "routes remove",
            "serve",
            "store backup",
            "store check",
            "store confirm",
            "store copy",
            "store grants",
            "store restore",
            "store upgrade",
            "tools add",
            "tools list",
            "tools remove",
            "tools test",
        ),
        _OPERATORS,
    ),
    **dict.fromkeys(("connections check", "proxy check", "proxy recipe"), _FROM_THERE),
    "audit archive": "it writes a file there",
    "demo": "it starts processes there",
    **dict.fromkeys(("login", "logout"), "an SSH key opens everything here, each time"),
    "people password": "one's own is changed in the console (ctrl+p), another's by the operator",
    "people enrol": "it chooses a password, and here an SSH key opens everything",
}
"""Every other command, and why not."""

_FILES = "files are of that machine; standard input and output are yours"
_THE_STORE = "the store is the one of this SSH key"

WITHOUT: Mapping[str, str] = {
    "--archive": _FILES,
    "--as": "you are who your SSH key says",
    "--git": _FILES,
    "--old-pepper": _FILES,
    "--password-stdin": "no password is asked for",
    "--pepper-file": _THE_STORE,
    "--store": _THE_STORE,
    "--to-command": "no program is run there; pipe the output",
    "--to-file": "redirect the output",
}
"""Why an option is not there, where there is more to say than `AT_HOME`."""

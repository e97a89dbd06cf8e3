"""What an SSH key is called, and what it may, in words."""

from store.domain.ssh_keys import SshKey


def may(key: SshKey) -> str:
    """Return what an SSH key opens: `console and commands`, `commands, looking only`."""
    opens = "console and commands" if key.console else "commands"
    return f"{opens}, looking only" if key.looks_only else opens

"""What the command line asked the console to open."""

from dataclasses import dataclass
from pathlib import Path

from console.clipboard.plan import AUTO, ClipboardChoice
from store.domain.key_string import Secret
from store.domain.people import CameBy


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """Which store, as whom, and how to draw."""

    url: str | None = None
    """SQLAlchemy URL of the store; None for the default one."""
    pepper_path: Path | None = None
    workspace: str | None = None
    """Slug; None for the person's only workspace."""
    email: str | None = None
    password: Secret | None = None
    """Signs in without asking; only ever read once."""
    guest: int | None = None
    """Person id under sshd's forced command: signed in by their SSH key, no way out."""
    ssh_key: CameBy | None = None
    """Of a guest, the SSH key they came in by: without it the console ends."""
    ascii_only: bool = False
    api: str | None = None
    """Where requests are answered, for what admins are shown of it; None where nobody named it."""
    clipboard: ClipboardChoice = AUTO
    """Which way to the clipboard, if the admin wants a certain one."""
    theme: str = "dark"
    """Which colours, by name."""
    read_only: bool = False
    """Whether every verb that changes something is taken away."""
    demo: bool = False
    """Whether this is the throwaway demonstration."""

    @property
    def entrance(self) -> tuple[str | None, Path | None, int | None, str | None, CameBy | None]:
        """Which store with which pepper a guest is let into, as whom, where, by which SSH key."""
        return self.url, self.pepper_path, self.guest, self.workspace, self.ssh_key

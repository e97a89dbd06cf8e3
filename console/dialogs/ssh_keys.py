"""The SSH keys that let one person in."""

from collections.abc import Iterable, Sequence

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLLING, Dialog
from console.text.safe import safe
from console.text.ssh_words import may
from console.text.times import day
from console.widgets.hint_bar import Hint
from store.domain.people import Person
from store.domain.ssh_keys import SshKey

_NONE = "None stands in the store. Lines of sshd's own file are not seen from here."
_WHOSE = (
    "The operator lets SSH keys in and takes them out: keydeck people ssh-keys. Each ends once "
    "this person is in no workspace any more."
)


class SshKeysDialog(Dialog[None]):
    """Shows each key: what sshd calls it, what it may, since when."""

    BINDINGS = [("q,enter", "back", "Back"), *SCROLLING]  # noqa: RUF012

    def __init__(self, person: Person, keys: Sequence[SshKey], *, ascii_only: bool = False) -> None:
        super().__init__(ascii_only=ascii_only)
        self._person = person
        self._keys = keys

    def body(self) -> Iterable[Widget]:
        """Return two lines for each key, and who changes them."""
        lines = [
            Content.assemble(
                safe(key.fingerprint),
                "\n",
                (
                    f"  {key.public.kind} {safe(key.public.comment)}".rstrip()
                    + f"; {may(key)}; since {day(key.added_at)}",
                    "$dim",
                ),
            )
            for key in self._keys
        ]
        yield Static(Content("\n").join(lines or [Content(_NONE)]))
        yield Static(_WHOSE, classes="why gap", markup=False)

    def on_mount(self) -> None:
        """Name the person."""
        self.head(f"SSH keys of {safe(self._person.name)}")
        self.hint(Hint("esc", "Close", "back"))

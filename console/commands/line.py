"""What a command line says besides its command: which store, which workspace, as whom."""

import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.commands import passwords
from console.environment import taken
from store.domain.key_string import Secret
from store.errors import Invalid, LoginOver, NotOverSsh, NotSignedIn, TooManyAttempts

if TYPE_CHECKING:
    from pathlib import Path

    from store.domain.audit.entry import Committed
    from store.domain.people import Actor, CameBy
    from store.operations.store import Store

_NAMED_PASSWORD = re.compile(r"[?&](?:ssl)?password=", re.IGNORECASE)


@dataclass
class Line:
    """One invocation: its options, and the store it has opened."""

    given_password: Secret | None = None
    """From the environment, which no longer holds it."""
    given_address: Secret | None = None
    """From the environment, where it holds a password; which no longer has it either."""
    url: str | None = None
    workspace: str | None = None
    as_email: str | None = None
    json: bool = False
    ascii_only: bool | None = None
    theme: str | None = None
    read_only: bool = False
    clipboard: str | None = None
    clipboard_command: str | None = None
    password_stdin: bool = False
    yes: bool = False
    """Whether what ends something is to ask nothing."""
    looks: bool = False
    """Whether 1 is a finding, so that it is 6 where nothing could be looked at."""
    guest: int | None = None
    """Who was let in over SSH: the id of a person, who is asked for no password and has none."""
    asked: bytes = b""
    """The command that a guest's client asked for; nothing for the console."""
    by_key: tuple[str, int] | None = None
    """The fingerprint of the SSH key that let a guest in, where the store has it, and when it was
    added."""
    no_console: bool = False
    """Whether a guest's SSH key is for commands only."""
    pepper_path: "Path | None" = None
    api: str | None = None
    committed: "list[Committed]" = field(default_factory=list, repr=False)
    """What was committed so far, for whoever may have to say so although nothing can be printed."""
    _store: "Store | None" = field(default=None, repr=False)
    _let_in: "Actor | None" = field(default=None, repr=False)

    def take(self, **options: object) -> None:
        """Take the options that were given, wherever on the line they stood."""
        for name, value in options.items():
            # A flag that nobody gave is False; one that was denied is, where None is what it was.
            denied = value is False and getattr(self, name) is None
            if denied or value not in (None, False):
                setattr(self, name, value)
        if self.url is not None and _holds_password(self.url):
            raise Invalid(
                "store",
                "A store URL with a password is seen in the process list. Put it in KEYDECK_STORE, "
                "or the password in ~/.pgpass.",
            )

    def take_address(self) -> None:
        """Take the store's address out of the environment where it holds a password."""
        if _holds_password(os.environ.get("KEYDECK_STORE", "")):
            address = taken("KEYDECK_STORE")
            self.given_address = Secret(address) if address else None

    @property
    def address(self) -> str | None:
        """The store's address; None for the default one."""
        given = self.given_address.reveal() if self.given_address else None
        return self.url or given or os.environ.get("KEYDECK_STORE") or None

    @property
    def slug(self) -> str | None:
        """The workspace's slug; None for the only one."""
        return self.workspace or os.environ.get("KEYDECK_WORKSPACE") or None

    @property
    def who(self) -> str | None:
        """The e-mail to sign in with, if one was named."""
        return self.as_email or os.environ.get("KEYDECK_AS") or None

    @property
    def came_by(self) -> "CameBy | None":
        """The SSH key that let a guest in, where the store has it."""
        if self.guest is None or self.by_key is None:
            return None
        from store.domain.people import CameBy

        fingerprint, added_at = self.by_key
        return CameBy(fingerprint, self.guest, added_at)

    def password(self, *, twice: bool = False, about: str = "Password") -> Secret:
        """Return the password: from the environment, standard input or the terminal, in that order.

        Raises NotSignedIn without any of them, Invalid when the two typed ones differ, NotOverSsh
        for a guest.
        """
        if self.guest is not None:
            raise NotOverSsh("password", "an SSH key opens everything here")
        if self.given_password is not None:
            return self.given_password
        if self.password_stdin:
            self.given_password = passwords.from_standard_input()
        else:
            self.given_password = passwords.from_terminal(about, twice=twice)
        return self.given_password

    def store(self) -> "Store":
        """Open the store; for a guest only where they still belong.

        Raises StoreUnusable, for a guest also what `SignIn.by_ssh_key` does.
        """
        if self._store is None:
            from store.operations.open import open_store
            from store.persistence.database.limits import COMMAND_PATIENCE_MS

            self._store = open_store(
                self.address,
                pepper_path=self.pepper_path,
                on_commit=self.committed.extend,
                patience_ms=COMMAND_PATIENCE_MS,
            )
            self._store.database.keep_reserve()
        if self.guest is not None and self._let_in is None:
            self._let_in = self._store.sign_in.by_ssh_key(self.guest, self.slug, self.came_by)
        return self._store

    def signed_in(self, *, anew: bool = False) -> "tuple[Store, Actor]":
        """Open the store and sign in, once, or by a login of before unless it is to be `anew`.

        A password that is given goes before; without a name it is of who is logged in. Raises
        StoreUnusable, NotSignedIn, LoginUnsafe or what signing in does.
        """
        store = self.store()
        if self._let_in is not None:
            return store, self._let_in
        anew = anew or self.given_password is not None or self.password_stdin
        kept = self._logged_in(store) if not anew or self.who is None else None
        if kept is not None and not anew:
            return store, kept[0]
        # Not of another workspace of theirs: where people sign in apart it has another password.
        email, slug = self.who or (kept[0].email if kept else None), kept[1] if kept else self.slug
        if email is None:
            raise NotSignedIn("You are not signed in.")
        password = self.password(about=f"Password of {email}")
        try:
            self._let_in = store.sign_in.sign_in(email, password, slug)
        except TooManyAttempts as error:
            # Somebody else's typing errors must not fail a script; the wait is 30 s at the most.
            time.sleep(error.wait_ms / 1000)
            self._let_in = store.sign_in.sign_in(email, password, slug)
        return store, self._let_in

    def place(self, store: "Store") -> str:
        """Return where an open store is, whatever folder one is in."""
        database = store.database
        return str(database.path.resolve()) if database.on_sqlite else database.place

    def _logged_in(self, store: "Store") -> "tuple[Actor, str] | None":
        """Return who is logged in to the store here, and the slug of the workspace they are in.

        None where it is not who is meant.

        What is over is taken away. Raises LoginUnsafe.
        """
        from console.commands.login_file import LoginFile, here

        place = self.place(store)
        try:
            file, machine = LoginFile(place), here()
        except Invalid:
            return None  # where none can be kept, nobody is logged in
        kept = file.read()
        if kept is None or kept.store != place:
            return None
        if (self.who or kept.email).casefold() != kept.email.casefold():
            return None
        if (self.slug or kept.workspace) != kept.workspace:
            return None
        try:
            if kept.over(machine, store.clock.now()):
                raise LoginOver
            return store.logins.resumed(kept.person_id, kept.presented(machine)), kept.workspace
        except LoginOver:
            file.forget(kept)
            if self.who is None:
                raise
            return None

    def close(self) -> None:
        """Close the store, if it was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None


def _holds_password(url: str) -> bool:
    authority = url.partition("://")[2].partition("/")[0]
    return ":" in authority.rpartition("@")[0] or _NAMED_PASSWORD.search(url) is not None

"""Nothing, or more than one thing, goes by that name: exit code 4."""

from dataclasses import dataclass

from store.errors.families import NotFound
from store.errors.nearest import meant, nearest
from store.errors.quoting import quoted


@dataclass(eq=False, repr=False)
class NoKeysFor(NotFound):
    """No active key of this workspace belongs to somebody outside."""

    owner: str

    def __str__(self) -> str:
        return f"No active key is for “{self.owner}”. keydeck keys list --filter for:… looks."


@dataclass(eq=False, repr=False)
class NoKeyMatches(NotFound):
    """A filter finds no active key."""

    filter: str

    def __str__(self) -> str:
        return f"No active key matches “{self.filter}”. keydeck keys list --filter … looks."


@dataclass(eq=False, repr=False)
class NoSuchKey(NotFound):
    """No key of this workspace goes by that id, prefix or name."""

    reference: str
    names: tuple[str, ...] = ()
    """Names of keys that there are, which may have been meant."""
    called_now: str | None = None
    """What the key is called that was last called so."""

    def __str__(self) -> str:
        told = f"No key here goes by “{self.reference}”"
        if self.called_now is not None:
            return f"{told} any more: it is called {quoted(self.called_now)} now."
        if near := nearest(self.reference, self.names):
            return f"{told}. Did you mean {quoted(near)}?"
        return f"{told}: give its name, its id or how that begins."


@dataclass(eq=False, repr=False)
class NoSuchRequest(NotFound):
    """A request id that no verifier of this store has made."""

    reference: str

    def __str__(self) -> str:
        return (
            f"“{self.reference}” is no request id of this store: a character is wrong or missing, "
            "or another store gave it. Copy it from X-Request-Id or from the answer's request_id."
        )


@dataclass(eq=False, repr=False)
class AmbiguousKey(NotFound):
    """Several keys go by that prefix or name."""

    reference: str
    candidates: tuple[str, ...]
    """Each with what tells it from the others."""
    tied: bool = False
    """Whether they are the two keys of a rotation."""

    def __str__(self) -> str:
        number = len(self.candidates)
        give = "Give the id of one, or say --old or --new" if self.tied else "Give the id of one"
        return f"“{self.reference}” fits {number} keys: {'; '.join(self.candidates)}. {give}."


@dataclass(eq=False, repr=False)
class NoSuchRotation(NotFound):
    """No rotation of this workspace has that id, and the key it names was in none."""

    reference: str

    def __str__(self) -> str:
        return f"“{self.reference}” is in no rotation. See keydeck rotations list."


@dataclass(eq=False, repr=False)
class NoSuchWorkspace(NotFound):
    """No workspace has that slug, or none was chosen where there are several."""

    slug: str | None
    known: tuple[str, ...]

    def __str__(self) -> str:
        if not self.known:
            return "This store has no workspace yet. Make one with keydeck init."
        known = ", ".join(self.known)
        if self.slug is None:
            return f"This store has several workspaces: {known}. Choose one with --workspace."
        near = meant(self.slug, self.known)
        return f"There is no workspace “{self.slug}”.{near} This store has: {known}."


@dataclass(eq=False, repr=False)
class NoSuchSshKey(NotFound):
    """No SSH key in the store has that fingerprint."""

    fingerprint: str

    def __str__(self) -> str:
        return (
            f"There is no SSH key “{self.fingerprint}” here. "
            "keydeck people ssh-keys list says which SHA256:… is whose."
        )


@dataclass(eq=False, repr=False)
class NoSuchPerson(NotFound):
    """Nobody in this workspace has that e-mail."""

    email: str
    known: tuple[str, ...] = ()
    """E-mails of people there are, which may have been meant."""

    def __str__(self) -> str:
        told = meant(self.email, self.known) or " See keydeck people list."
        return f"Nobody here has the e-mail {self.email}.{told}"


@dataclass(eq=False, repr=False)
class AmbiguousPerson(NotFound):
    """An e-mail stands for several people, who enrolled apart in several workspaces."""

    email: str
    workspaces: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.email} signs in apart in {', '.join(self.workspaces)}. "
            "Choose one with --workspace."
        )


@dataclass(eq=False, repr=False)
class NoSuchOffboarding(NotFound):
    """Nobody of that e-mail has left this workspace and may know keys of it."""

    reference: str

    def __str__(self) -> str:
        return (
            f"{self.reference} has not left here, or knew no key then. "
            "See keydeck people offboarding list."
        )


@dataclass(eq=False, repr=False)
class NotTheirs(NotFound):
    """The key is not among those that somebody who left may know."""

    name: str
    email: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” is not among the keys that {self.email} may know. "
            "See keydeck people offboarding show."
        )


@dataclass(eq=False, repr=False)
class NoSuchResource(NotFound):
    """The catalogue has no resource of that name."""

    name: str
    known: tuple[str, ...]
    action: str = ""
    """What was to be granted on it; empty where nothing was."""

    def __str__(self) -> str:
        if not self.known:
            return (
                f"There is no resource “{self.name}”, nor any other. The operator names them: "
                "keydeck resources add NAME."
            )
        near = nearest(self.name, self.known)
        scope = f"{near}:{self.action}" if self.action else near
        if near is None and self.action in self.known:
            # The other way round.
            near, scope = self.action, f"{self.action}:{self.name}"
        meant = f" Did you mean {scope}?" if near else ""
        has = ", ".join(self.known)
        return f"There is no resource “{self.name}”.{meant} The catalogue has: {has}."


@dataclass(eq=False, repr=False)
class NoSuchAction(NotFound):
    """A resource of the catalogue has no action of that name."""

    resource: str
    action: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        near = nearest(self.action, self.known)
        meant = f" Did you mean {self.resource}:{near}?" if near else ""
        has = ", ".join(self.known)
        return f"“{self.resource}” has no action “{self.action}”.{meant} It has: {has}."


@dataclass(eq=False, repr=False)
class NoSuchThing(NotFound):
    """A row of business data that is not there, or is another workspace's."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"There is no {self.kind} {self.id} in this workspace."


@dataclass(eq=False, repr=False)
class NoSuchTool(NotFound):
    """No document of tools has that title, and no tool that name."""

    reference: str

    def __str__(self) -> str:
        return f"There are no tools “{self.reference}”. See keydeck tools list."


@dataclass(eq=False, repr=False)
class NoSuchRoute(NotFound):
    """No route is written like that."""

    route: str

    def __str__(self) -> str:
        return f"There is no route {self.route}. See keydeck routes list."

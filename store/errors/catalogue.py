"""What the catalogues of resources and of routes do not let happen: exit code 5."""

from dataclasses import dataclass

from store.errors.families import RefusedByRule


@dataclass(eq=False, repr=False)
class ResourceInUse(RefusedByRule):
    """An active key has a scope on this resource."""

    name: str
    """The resource, or the scope."""
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"“{self.name}” is in use by {', '.join(self.keys)}. Rescope or revoke those first."


@dataclass(eq=False, repr=False)
class ResourceFixed(RefusedByRule):
    """One of the resources of the sample API."""

    name: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” is of the sample API and stays as it is. keydeck resources sample off "
            "takes all of that out."
        )


@dataclass(eq=False, repr=False)
class ResourceTaken(RefusedByRule):
    """The catalogue has this resource already."""

    name: str

    def __str__(self) -> str:
        return f"The catalogue already has “{self.name}”."


@dataclass(eq=False, repr=False)
class RouteTaken(RefusedByRule):
    """There is a route for just these requests."""

    route: str
    other: str

    def __str__(self) -> str:
        if self.route == self.other:
            return f"{self.route} is there already. Change it with --replace."
        return (
            f"{self.route} is the same place as {self.other}, which is there already: names, the "
            "case of letters and a last slash make no difference. Change that with --replace."
        )


@dataclass(eq=False, repr=False)
class RoutesOverlap(RefusedByRule):
    """Two routes of which neither is the more specific one."""

    route: str
    other: str
    example: str

    def __str__(self) -> str:
        return (
            f"{self.route} and {self.other} both name {self.example}, and neither is the more "
            "specific one. Write one so that it lies within the other, or first add a route for "
            "just what both name."
        )


@dataclass(eq=False, repr=False)
class ResourceRouted(RefusedByRule):
    """A route needs a scope on this resource."""

    name: str
    """The resource, or the scope."""
    routes: tuple[str, ...]

    def __str__(self) -> str:
        return f"“{self.name}” is needed by {', '.join(self.routes)}. Change or remove those first."


@dataclass(eq=False, repr=False)
class TooManyRoutes(RefusedByRule):
    """A verifier holds all of them."""

    most: int

    def __str__(self) -> str:
        return f"There would be more than {self.most:,} routes. Join some with {{rest...}}."


@dataclass(eq=False, repr=False)
class TooManyTools(RefusedByRule):
    """Clients refuse all of them then."""

    most: int
    others: int
    """How many other documents have."""

    def __str__(self) -> str:
        return (
            f"Together with the {self.others} that are there it would be more than {self.most} "
            "tools, and clients refuse all of them then. Choose some with --tag, --method or "
            "--name, or say --most."
        )


@dataclass(eq=False, repr=False)
class RoutesChanged(RefusedByRule):
    """What an import would do is not what was looked at."""

    def __str__(self) -> str:
        return "The routes were changed meanwhile. Look at what would change now, and import again."

"""What was given is not acceptable: exit code 2."""

from dataclasses import dataclass

from store.errors.families import InvalidInput


@dataclass(eq=False, repr=False)
class Invalid(InvalidInput):
    """A value that was refused: which field, and the sentence about it."""

    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(eq=False, repr=False)
class MalformedKey(InvalidInput):
    """A string that is not one of our keys. Never holds the string."""

    reason: str
    outcome: str = "malformed"
    """What a request id says of it: `checksum` where only that was wrong."""

    def __str__(self) -> str:
        return f"This is not a keydeck key: {self.reason}."


@dataclass(eq=False, repr=False)
class NoSuchAddress(InvalidInput):
    """A method and an address that the verifier does not know, whatever the key."""

    method: str
    path: str
    methods: tuple[str, ...]
    """What the address would answer to, empty where nothing is there."""

    def __str__(self) -> str:
        if self.methods:
            methods = ", ".join(self.methods)
            return f"{self.path} does not answer to {self.method}, but to {methods}."
        return f"The verifier has nothing at {self.path}. Its addresses begin with /api/v1."


@dataclass(eq=False, repr=False)
class AmbiguousPath(InvalidInput):
    """A request that programs read in several ways, so that nobody can say what it asks for."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} can be read in several ways: {self.why}."


@dataclass(eq=False, repr=False)
class NotAsked(InvalidInput):
    """A request for which somebody asks, and does not say which it is."""

    given: str

    def __str__(self) -> str:
        return f"“{self.given}” is no request. Write METHOD /path, such as DELETE /invoices/7."

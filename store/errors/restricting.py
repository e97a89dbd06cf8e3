"""What would restrict nobody, or everybody: exit code 5."""

from dataclasses import dataclass

from store.errors.families import RefusedByRule


@dataclass(eq=False, repr=False)
class CallersUnseen(RefusedByRule):
    """Verifiers see one address for all callers: that of a proxy they were not told of."""

    address: str

    def __str__(self) -> str:
        return (
            f"All callers of the last 30 days seem to be {self.address}: a proxy, of which the "
            f"verifier was not told. Start it with --trust-proxy {self.address}, or observe first."
        )


class NoCallersSeen(RefusedByRule):
    """There is nothing to go by."""

    def __str__(self) -> str:
        return "Nobody was seen to call in that time. Name the networks instead."


@dataclass(eq=False, repr=False)
class HasBegun(RefusedByRule):
    """A key works already: making it begin later would cut somebody off without a look at whom."""

    name: str

    def __str__(self) -> str:
        return f"“{self.name}” works already. keydeck stop refuses it until you let it go on."


class NoNetworksSet(RefusedByRule):
    """There are none to be enforced or observed."""

    def __str__(self) -> str:
        return "No networks are set. Name some, such as 203.0.113.0/24."

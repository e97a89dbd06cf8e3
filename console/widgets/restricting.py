"""What a new key carries besides: whose it is, how often, from where and from when it is used."""

from collections.abc import Callable
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from console.text.label_words import read, written
from console.text.safe import safe
from console.widgets.choice_bar import ChoiceBar
from console.widgets.field import Field
from console.widgets.leaving import MayLeave
from console.widgets.parts import row
from console.widgets.suggesting import Offering, Offers
from store.domain.key_networks import KeyNetworks, key_networks
from store.domain.labels import Labels, checked_owner, labels
from store.domain.limits import Limits, limits, to_stored
from store.domain.times import beginning, rfc3339
from store.errors import Invalid

MEANS = (
    "All of it is optional, can be changed later, and goes over to successors. Verifiers tell "
    "owner and labels. From elsewhere a request is let in and counted, unless others are refused."
)
_FIELDS = {
    "owner": "owner",
    "label": "labels",
    "limit": "limits",
    "network": "networks",
    "not_before": "not-before",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What was given."""

    owner: str | None = None
    labels: Labels = field(default_factory=dict)
    networks: KeyNetworks | None = None
    not_before: int | None = None
    limits: Limits = ()


class Restricting(MayLeave, Vertical):
    """Fields for an owner, labels, limits, networks and a beginning; each may be left empty."""

    DEFAULT_CSS = "Restricting { height: auto; }"

    def __init__(
        self, now: Callable[[], int], carried: Carried, owners: Offers, labels: Offers
    ) -> None:
        """Begin with what was given before. `now` gives UTC milliseconds.

        `owners` and `labels` say which there are that begin so.
        """
        super().__init__()
        self._now = now
        self._before = carried
        self._offers = owners, labels

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        owner = Field(placeholder="customer_42", id="owner")
        labels = Field(placeholder="tier=gold env=prod", id="labels")
        owner.suggester = Offering(self._offers[0])
        labels.suggester = Offering(self._offers[1], words=True)
        yield row("For", owner)
        yield row("Labels", labels)
        often = "as often as it likes, or 100/1m 50000/month"
        yield row("At most", Field(placeholder=often, id="limits"), "gap")
        anywhere = "anywhere, or 203.0.113.0/24 2001:db8::/48"
        yield row("From", Field(placeholder=anywhere, id="networks"), "gap")
        yield row("Others", ChoiceBar(("Only count them", "Refuse them"), 0, id="how"))
        at_once = "at once, or 7d, 2027-01-31, an instant"
        yield row("Starts", Field(placeholder=at_once, id="not-before"), "gap")
        yield Static(MEANS, classes="means gap", markup=False)

    def on_mount(self) -> None:
        """Show what was given before."""
        self.show(self._before)

    def show(self, carried: Carried) -> None:
        """Put what is given into the fields."""
        networks = carried.networks
        begins = "" if carried.not_before is None else rfc3339(carried.not_before)
        for name, text in (
            ("owner", carried.owner or ""),
            ("labels", written(carried.labels)),
            ("limits", to_stored(carried.limits) or ""),
            ("networks", " ".join(networks.ranges) if networks else ""),
            ("not-before", begins),
        ):
            self.query_one(f"#{name}", Field).value = safe(text)
        bar = self.query_one("#how", ChoiceBar)
        bar.index = int(networks is not None and networks.enforced)

    def carried(self) -> Carried:
        """Return what is given, seen from now. Raises Invalid."""
        owner, given, often, networks, begins = (
            self.query_one(f"#{name}", Field).value.strip() for name in _FIELDS.values()
        )
        enforced = self.query_one("#how", ChoiceBar).index == 1
        return Carried(
            checked_owner(owner) if owner else None,
            labels(read(given)),
            key_networks([networks], enforced=enforced) if networks else None,
            beginning(begins, self._now()) if begins else None,
            limits([often]) if often else (),
        )

    def go_to_trouble(self, error: Invalid) -> None:
        """Put the focus where what is wrong is put right."""
        self.query_one(f"#{_FIELDS.get(error.field, 'owner')}", Field).focus()

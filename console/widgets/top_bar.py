"""The line at the top: where one is, in which workspace, on which plan, as whom."""

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from console.text.fit import fit
from console.text.safe import safe
from store.domain.people import COLOURS


class TopBar(Widget):
    """Name and place on the left; workspace, plan and person on the right."""

    DEFAULT_CSS = "TopBar { height: 1; }"

    COMPONENT_CLASSES = {  # noqa: RUF012
        "top-bar--badge",
        "top-bar--place",
        "top-bar--here",
        "top-bar--workspace",
        "top-bar--pro",
        "top-bar--free",
        "top-bar--person",
        "top-bar--red",
        "top-bar--green",
        "top-bar--blue",
        "top-bar--purple",
    }

    workspace: reactive[str] = reactive("")
    """The workspace's name."""
    plan: reactive[str] = reactive("")
    """Its plan, `free` or `pro`."""
    person: reactive[str] = reactive("")
    """Who is signed in."""
    looks_only: reactive[str] = reactive("")
    """In a word why nothing can be changed; empty where it can."""
    colour: reactive[str] = reactive("")
    """The workspace's colour, if it was given one."""
    demo: reactive[bool] = reactive(False)
    """Whether everything here is thrown away at the end."""

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only

    def _named(self) -> Style:
        tone = f"top-bar--{self.colour}" if self.colour in COLOURS else "top-bar--workspace"
        return self.get_component_rich_style(tone, partial=True)

    def render(self) -> Text:
        """Draw the line; the workspace and the plan are never cut before the place is."""
        style = self.get_component_rich_style
        left = Text(end="", no_wrap=True)
        left.append(" keydeck ", style("top-bar--badge", partial=True))
        right = Text(end="", no_wrap=True)
        if self.demo:
            right.append("demo  ", style("top-bar--place", partial=True))
        if self.looks_only:
            right.append(f" {self.looks_only} ", style("top-bar--free", partial=True))
            right.append("  ")
        if self.workspace:
            room = max(8, self.size.width // 3)
            name = safe(self.workspace)
            name = name if cell_len(name) <= room else fit(name, room, ascii_only=self._ascii)
            right.append(name, self._named())
            tone = "top-bar--pro" if self.plan == "pro" else "top-bar--free"
            right.append(" ")
            right.append(f" {self.plan.upper()} ", style(tone, partial=True))
        if self.person:
            right.append(f"  {safe(self.person)} ", style("top-bar--person", partial=True))
        room = self.size.width - left.cell_len - right.cell_len
        step = " > " if self._ascii else " › "
        for places in (("Settings", "Integrations", ""), ("Integrations", ""), ("",)):
            place = step.join(places)
            if len(place) + 6 <= room:
                left.append("  " + place, style("top-bar--place", partial=True))
                left.append("API", style("top-bar--here", partial=True))
                break
        gap = self.size.width - left.cell_len - right.cell_len
        left.append(" " * max(1, gap))
        left.append_text(right)
        return left

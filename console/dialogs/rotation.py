"""A rotation as it goes on: both keys' traffic, who still calls with the old one, what that means.

Each of its verbs leaves for the flow that does it.
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from console.dialogs.dialog import SCROLLING, Dialog
from console.text.bars import bars, binned
from console.text.fit import fit
from console.text.rotation_words import decide, reached, works_until
from console.text.safe import safe
from console.text.times import ago, distance
from console.widgets.hint_bar import Hint
from console.widgets.parts import line
from console.widgets.polling import poll
from store.domain.key_string import shown
from store.domain.rotation import RotationStatus
from store.domain.times import MINUTE
from store.errors import KeydeckError
from store.service.rotation_progress import RotationKey, WatchedRotation

FOLLOW_EVERY = 0.5
MINUTES = 60
_FEW, _MANY = 3, 12
"""Callers that are listed where the terminal is low, and where it is not."""
_HIGH = 30
_LOW = 22
"""Lines of a terminal below which the parts that decide come first."""
_STEPS = (
    RotationStatus.PREPARED,
    RotationStatus.BOTH_LIVE,
    RotationStatus.MOVING,
    RotationStatus.QUIET,
    RotationStatus.DONE,
)


class RotationVerb(StrEnum):
    """What somebody who has looked at a rotation wants done."""

    FINISH = "finish"
    EXTEND = "extend"
    ABANDON = "abandon"
    ROTATE = "rotate"


_HINTS = (
    Hint("f", "Finish", "verb('finish')"),
    Hint("e", "Extend", "verb('extend')"),
    Hint("a", "Abandon", "verb('abandon')"),
    Hint("r", "Rotate the new key", "verb('rotate')", 1),
)


class RotationDialog(Dialog[RotationVerb | None]):
    """Shows a rotation, and goes on showing it as it moves."""

    BINDINGS = [  # noqa: RUF012
        Binding("f", "verb('finish')", "Finish", show=False),
        Binding("e", "verb('extend')", "Extend", show=False),
        Binding("a", "verb('abandon')", "Abandon", show=False),
        Binding("r", "verb('rotate')", "Rotate", show=False),
        Binding("q", "back", "Back", show=False),
        *SCROLLING,
    ]

    def __init__(
        self,
        watched: WatchedRotation,
        read: Callable[[], Awaitable[WatchedRotation]],
        now: Callable[[], int],
        *,
        prefix: str,
        read_only: bool = False,
        ascii_only: bool = False,
    ) -> None:
        """Show `watched`, then whatever `read` brings; `read_only` takes the verbs away."""
        super().__init__(ascii_only=ascii_only)
        self._watched = watched
        self._read = read
        self._now = now
        self._prefix = prefix
        self._read_only = read_only
        self._said: dict[str, Content] = {}

    def body(self) -> Iterable[Widget]:
        """Return the parts, from how far it is to what that means."""
        yield line("steps")
        yield line("traffic", "gap")
        yield line("calling", "gap")
        yield line("decision", "gap")

    def on_mount(self) -> None:
        """Say everything, and what can be done."""
        self._show()
        self._follow()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow nothing that changes something where only reading is wanted, or once it is over."""
        return action != "verb" or self._open

    @property
    def _open(self) -> bool:
        return not self._read_only and not self._watched.progress.status(self._now()).ended

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await poll(self, self._read, self._changed, self._troubled, every=FOLLOW_EVERY)

    def _troubled(self, error: KeydeckError | None) -> bool:
        self.wrong(str(error) if error else None)
        self._show()
        return True

    def _changed(self, watched: WatchedRotation) -> None:
        self._watched = watched
        self._show()

    def _show(self) -> None:
        now, progress = self._now(), self._watched.progress
        self.head(f"Rotation of {progress.predecessor.name}", works_until(progress, now))
        self._say("steps", self._steps(progress.status(now)))
        self._say("traffic", self._traffic(now))
        self._say("calling", self._calling(now))
        self._say("decision", self._decision(now))
        self.hint(*(_HINTS if self._open else ()), Hint("esc", "Back", "back"))

    def _say(self, part: str, text: Content) -> None:
        # What stays as it is costs nothing on a slow line.
        if part not in self._said or not text.is_same(self._said[part]):
            self._said[part] = text
            self.query_one(f"#{part}", Static).update(text)

    def _steps(self, status: RotationStatus) -> Content:
        if status is RotationStatus.ABANDONED:
            mark = "x" if self.ascii_only else "✕"
            return Content.styled(f"{mark} abandoned", "$state-revoked")
        here_at, passed_by = _STEPS.index(status), reached(self._watched.progress, status)
        passed, here, coming = ("*", "o", ".") if self.ascii_only else ("●", "◐", "○")
        joint = "--" if self.ascii_only else "──"
        parts: list[Content] = []
        for place, step in enumerate(_STEPS):
            if step in passed_by:
                mark, tone = passed, "$state-active"
            elif place == here_at:
                mark, tone = here, "bold $accent"
            else:
                mark, tone = coming, "$dim"
            parts.append(Content.styled(f"{mark} {step.value}", tone))
        return Content.styled(f" {joint} ", "$dim").join(parts)

    def _traffic(self, now: int) -> Content:
        sides = (("old", self._watched.old, "rotating"), ("new", self._watched.new, "active"))
        room = max(20, (self.query_one("#body").content_size.width or 68) - 5)
        counted = {name: binned(_by_minute(side, now), room) for name, side, _ in sides}
        each = MINUTES // len(counted["old"])
        # One scale for both: what leaves the one is seen to arrive at the other.
        most = max(max(counts) for counts in counted.values())
        lines = [Content.styled(f"Last hour, a bar {_every(each)}", "$dim")]
        lines += [
            Content.assemble(
                (f"{name}  ", "$dim"),
                (bars(counted[name], most, ascii_only=self.ascii_only), f"$state-{tone}"),
            )
            for name, _, tone in sides
        ]
        dots = ".." if self.ascii_only else "…"
        for name, side, _ in sides:
            used = side.key.last_used_at
            last = "never used" if used is None else f"last used {ago(used, now)}"
            start = shown(self._prefix, side.key.id).removesuffix("…") + dots
            words = f"{start:<11} {side.today:>9,} today, {last}"
            lines.append(Content.assemble((f"{name}  ", "$dim"), words))
        return Content("\n").join(lines)

    def _calling(self, now: int) -> Content:
        calling = self._watched.still_calling(now)
        window = distance(self._watched.progress.quiet_window)
        if not calling:
            used = self._watched.progress.predecessor.last_used_at
            nobody = "Nobody has used the old key" + ("" if used is None else f" within {window}")
            return Content.styled(f"{nobody}.", "$dim")
        most = _FEW if self.size.height < _HIGH else _MANY
        lines = [Content.styled(f"On the old key within {window}", "$dim")]
        room = max(16, (self.query_one("#body").content_size.width or 68) - 52)
        for caller in calling[:most]:
            agent = fit(safe(caller.user_agent or "-"), room, ascii_only=self.ascii_only)
            address = fit(safe(caller.address or "-"), 15, ascii_only=self.ascii_only)
            lines.append(
                Content.assemble(
                    f"{address}  {agent}  ",
                    # All that is counted of a caller: there is no number of one day alone.
                    (f"{caller.requests:>9,} in all  {ago(caller.last_at, now)}", "$dim"),
                )
            )
        if len(calling) > most:
            lines.append(Content.styled(f"and {len(calling) - most} more", "$dim"))
        return Content("\n").join(lines)

    def _decision(self, now: int) -> Content:
        decision = decide(self._watched, now)
        tone = "bold $state-active" if decision.safe else "bold $state-expiring"
        if self._watched.progress.status(now).ended:
            tone = "$dim"
        reason = Content.assemble((f"{decision.lead}: ", tone), safe(decision.because))
        then = Content.styled(safe(decision.then), "$dim")
        return Content("\n").join([reason, then] if decision.then else [reason])

    def on_resize(self) -> None:
        """Draw for the room there is."""
        super().on_resize()
        # Where not everything is seen at once, what it comes to is.
        body, decision = self.query_one("#body"), self.query_one("#decision")
        if self.size.height < _LOW:
            body.move_child(decision, before=self.query_one("#steps"))
        else:
            body.move_child(decision, after=self.query_one("#calling"))
        self.call_after_refresh(self._show)

    def action_verb(self, verb: str) -> None:
        """Leave for what is to be done."""
        self.dismiss(RotationVerb(verb))


def _every(minutes: int) -> str:
    return "a minute" if minutes == 1 else f"every {minutes} min"


def _by_minute(side: RotationKey, now: int) -> list[int]:
    last = now // MINUTE
    return [side.traffic.by_minute.get(minute, 0) for minute in range(last - MINUTES + 1, last + 1)]

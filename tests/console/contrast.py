"""Measuring contrast as WCAG 2.2 does, on colours and on what a screen has drawn."""

from collections.abc import Iterator

from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

ENOUGH = 4.5
"""WCAG 2.2, 1.4.3 (AA)."""
ENHANCED = 7.0
"""1.4.6 (AAA)."""
LINES = set("▏▎│─╭╮╰╯▁▂▃▄▅▆▇█")
"""Drawn to part things or as bars, not to be read."""


def linear(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue as light."""
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in Color.parse(colour).normalized
    )
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    weights = (0.2126, 0.7152, 0.0722)
    dark, light = sorted(
        sum(part * weight for part, weight in zip(linear(colour), weights, strict=True))
        for colour in (one, other)
    )
    return (light + 0.05) / (dark + 0.05)


def drawn(pilot: Pilot[None]) -> Iterator[tuple[int, str, Style]]:
    """Return what the topmost screen shows, as rows, texts and styles.

    Of a dialog that is its frame: what lies beneath is dimmed on purpose.
    """
    screen, size = pilot.app.screen, pilot.app.size
    frames = screen.query("#frame, #--container")
    region = frames.first().region if frames else size.region
    strips = screen._compositor.render_strips()
    for y in range(region.y, min(region.bottom, size.height)):
        for text, style, _ in strips[y].crop(region.x, region.right):
            if text.strip() and not set(text.strip()) <= LINES:
                yield y, text, style or Style()


def unreadable(pilot: Pilot[None], least: float) -> dict[str, float]:
    """Return every text that has less contrast than that, with what it has."""
    found = {}
    for _, text, style in drawn(pilot):
        assert style.color is not None, text
        assert style.bgcolor is not None, text
        ratio = contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex)
        if ratio < least:
            found[f"{text.strip()} {style}"] = round(ratio, 2)
    return found

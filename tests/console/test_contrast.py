"""Whether what is drawn can be read: measured on the themes, and on the screens themselves."""

from collections.abc import Iterator
from itertools import combinations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from console.theme import STATES, THEMES
from tests.console.contrast import ENHANCED, ENOUGH, contrast, linear, unreadable
from tests.console.driving import LARGE, console, opened, press, sees
from tests.house import House

# How red, green and blue are seen without one kind of cone (Machado, Oliveira, Fernandes 2009).
VISION = {
    "without L cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "without M cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "without S cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
SCREENS = {
    "the keys": ((), "Website"),
    "marks": (("space",), "1 marked"),
    "the filter": (("slash",), "unused:>30d"),
    "a wrong filter": (("slash", *"expires", "colon", *"soon"), "takes"),
    "a new key": (("n",), "1 of 3"),
    "revoking": (("X",), "cannot be undone"),
    "scopes": (("s", "r"), "+ events:read"),
    "rotating": (("r",), "Overlap"),
    "the calendar": (("c",), "The next 90 days"),
    "help": (("question_mark",), "What the keys do"),
    "the palette": (("ctrl+p",), "create a key"),
    "connections": (("2",), "No assistant"),
    "the audit": (("3",), "created key"),
    "people": (("4",), "admin"),
}
APART = 20.0
"""CIE 1976 difference at which two tones are told apart at a glance."""


def of_256(colour: str) -> str:
    """Return what becomes of a colour on a terminal with 256, as most are over SSH."""
    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


def lab(light: tuple[float, ...]) -> tuple[float, float, float]:
    """Return light as CIE L*a*b*."""
    red, green, blue = (min(1.0, max(0.0, one)) for one in light)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def pairs(theme: Theme) -> Iterator[tuple[str, str, str]]:
    """Return every text on every ground that the style sheets put it on: name, text, ground."""
    tones = {
        "foreground": theme.foreground,
        "accent": theme.accent,
        "warning": theme.warning,
        "error": theme.error,
        "success": theme.success,
        **{name: theme.variables[name] for name in ("dim", "faint")},
        **{state: theme.variables[f"state-{state}"] for state in STATES},
    }
    grounds = {
        "background": theme.background,
        "surface": theme.surface,
        "panel": theme.panel,
        "the current row": theme.variables["block-cursor-background"],
    }
    for tone, text in tones.items():
        for where, ground in grounds.items():
            assert text is not None
            assert ground is not None
            yield f"{tone} on {where}", text, ground
    for badge in ("accent", "active"):
        yield f"the badge on {badge}", str(theme.background), str(tones[badge])


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("depth", ["24 bits", "256 colours"])
def test_every_text_of_a_theme_is_readable_on_every_ground(name: str, depth: str) -> None:
    least = ENHANCED if name == "high-contrast" else ENOUGH
    measured = {
        what: contrast(text, ground)
        if depth == "24 bits"
        else contrast(of_256(text), of_256(ground))
        for what, text, ground in pairs(THEMES[name])
    }
    assert {what: ratio for what, ratio in measured.items() if ratio < least} == {}


@pytest.mark.parametrize("name", THEMES)
def test_a_dialog_stands_out_from_its_ground_with_256_colours_too(name: str) -> None:
    theme = THEMES[name]
    grounds = [of_256(str(one)) for one in (theme.background, theme.surface, theme.panel)]
    assert len(set(grounds)) == len(grounds)


@pytest.mark.parametrize("cones", VISION)
def test_states_are_told_apart_with_any_colour_vision(cones: str) -> None:
    theme = THEMES["colour-blind"]
    for depth in (str, of_256):
        seen = {
            state: lab(
                tuple(
                    sum(a * b for a, b in zip(row, linear(depth(tone)), strict=True))
                    for row in VISION[cones]
                )
            )
            for state in STATES
            if (tone := theme.variables[f"state-{state}"])
        }
        for one, other in combinations(STATES, 2):
            difference = (
                sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
            )
            assert difference >= APART, f"{one} and {other} {cones}: {difference:.0f}"


@pytest.mark.anyio
@pytest.mark.parametrize("name", THEMES)
async def test_every_text_of_every_screen_is_readable(house: House, name: str) -> None:
    house.create("Website")
    house.create("Accounting", "quotes:read")
    house.store.keys.revoke(house.alice, house.create("Old site").key.id)
    async with opened(console(house, theme=name), LARGE, shows="Old site") as pilot:
        for what, (keys, text) in SCREENS.items():
            await press(pilot, *keys)
            await sees(pilot, text)
            assert unreadable(pilot, ENOUGH) == {}, what
            await press(pilot, "1" if keys in (("2",), ("3",), ("4",)) else "escape")
            await sees(pilot, "Old site")

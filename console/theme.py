"""The console's colours: one accent and a tone for each state, in four sets.

A state is always told by a glyph and a word too; a test measures the contrast of every tone.
"""

from textual.theme import Theme

from console.text.badges import SIXTEEN

STATES = ("active", "expiring", "rotating", "expired", "revoked")


def _theme(
    name: str,
    *,
    dark: bool = True,
    foreground: str,
    background: str,
    surface: str,
    panel: str,
    cursor: str,
    accent: str,
    states: tuple[str, str, str, str, str],
    dim: str,
    faint: str,
) -> Theme:
    active, _, rotating, _, revoked = states
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=rotating,
        accent=accent,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        success=active,
        warning=states[1],
        error=revoked,
        variables={
            **{f"state-{word}": tone for word, tone in zip(STATES, states, strict=True)},
            "dim": dim,
            "faint": faint,
            "input-cursor-background": foreground,
            "block-cursor-background": cursor,
            "block-cursor-foreground": foreground,
            "footer-key-foreground": accent,
            "footer-background": background,
        },
    )


DARK = _theme(
    "keydeck-dark",
    foreground="#d9dce3",
    background="#121317",
    surface="#1c1d23",
    panel="#262932",
    cursor="#2a2d38",
    accent="#e5b25d",
    states=("#87c38a", "#e5b25d", "#7fa3d9", "#a1a7b3", "#ec7a80"),
    dim="#a1a7b3",
    faint="#959ba8",
)

LIGHT = _theme(
    "keydeck-light",
    dark=False,
    foreground="#23252b",
    background="#fbfaf7",
    surface="#f2f1ee",
    panel="#e6e4de",
    cursor="#e6e4de",
    accent="#724400",
    states=("#1b652c", "#6b4a00", "#1f5296", "#575c69", "#a8211a"),
    dim="#575c69",
    faint="#5a5d66",
)

CONTRAST = _theme(
    "keydeck-high-contrast",
    foreground="#ffffff",
    background="#000000",
    surface="#0d0d0d",
    panel="#262626",
    cursor="#303030",
    accent="#ffd75f",
    states=("#5fff87", "#ffd75f", "#87d7ff", "#d0d0d0", "#ffb0b0"),
    dim="#d0d0d0",
    faint="#c8c8c8",
)

# Told apart with every common kind of colour vision: a test simulates three and measures.
COLOUR_BLIND = _theme(
    "keydeck-colour-blind",
    foreground="#e4e6eb",
    background="#121317",
    surface="#1c1d23",
    panel="#262932",
    cursor="#2a2d38",
    accent="#ded33a",
    states=("#5fa3f2", "#ded33a", "#3bf4a4", "#9aa0ac", "#e17c4b"),
    dim="#a1a7b3",
    faint="#959ba8",
)

THEMES = {
    "dark": DARK,
    "light": LIGHT,
    "high-contrast": CONTRAST,
    "colour-blind": COLOUR_BLIND,
}

SUITS = {
    "dark": "for most rooms",
    "light": "for bright ones",
    "high-contrast": "7:1 or better for every word",
    "colour-blind": "states told apart with any colour vision",
}
"""What each set is for, in a few words."""

ANSI_STATES = {
    **{f"state-{word}": f"ansi_{colour}" for word, colour in SIXTEEN.items()},
    "dim": "ansi_default",
    "faint": "ansi_default",
}
"""The same variables where a terminal has sixteen colours or NO_COLOR is set."""

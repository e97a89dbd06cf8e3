"""The console's colours: one accent and a tone for each state, in four sets.

A state is always told by a glyph and a word too; a test measures the contrast of every tone.
"""

from textual.theme import Theme

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
    background="#121318",
    surface="#1c1e26",
    panel="#262933",
    cursor="#2a2d38",
    accent="#e5b25d",
    states=("#87c38a", "#e5b25d", "#7fa3d9", "#8a8f9c", "#e06c75"),
    dim="#8a8f9c",
    faint="#565b69",
)

LIGHT = _theme(
    "keydeck-light",
    dark=False,
    foreground="#23252b",
    background="#fbfaf7",
    surface="#f0eee8",
    panel="#e4e1d8",
    cursor="#e4e1d8",
    accent="#8a4f00",
    states=("#1b653c", "#7a4d00", "#1f5296", "#575c69", "#a8211a"),
    dim="#575c69",
    faint="#8b8f99",
)

CONTRAST = _theme(
    "keydeck-high-contrast",
    foreground="#ffffff",
    background="#000000",
    surface="#0d0d0d",
    panel="#262626",
    cursor="#303030",
    accent="#ffd75f",
    states=("#5fff87", "#ffd75f", "#87d7ff", "#d0d0d0", "#ff9a9a"),
    dim="#d0d0d0",
    faint="#9e9e9e",
)

# Okabe and Ito's palette: told apart with every common kind of colour vision.
COLOUR_BLIND = _theme(
    "keydeck-colour-blind",
    foreground="#e4e6eb",
    background="#121318",
    surface="#1c1e26",
    panel="#262933",
    cursor="#2a2d38",
    accent="#f0e442",
    states=("#56b4e9", "#f0e442", "#cc79a7", "#9aa0ac", "#e8762c"),
    dim="#9aa0ac",
    faint="#5f6470",
)

THEMES = {
    "dark": DARK,
    "light": LIGHT,
    "high-contrast": CONTRAST,
    "colour-blind": COLOUR_BLIND,
}

ANSI_STATES = {
    "state-active": "ansi_green",
    "state-expiring": "ansi_yellow",
    "state-rotating": "ansi_blue",
    "state-expired": "ansi_default",
    "state-revoked": "ansi_red",
    "dim": "ansi_default",
    "faint": "ansi_default",
}
"""The same variables where a terminal has sixteen colours or NO_COLOR is set."""

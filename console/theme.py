"""The console's colours: near-black ground, one amber accent, a tone for each state."""

from textual.theme import Theme

DARK = Theme(
    name="keydeck-dark",
    dark=True,
    primary="#e5b25d",
    secondary="#7fa3d9",
    accent="#e5b25d",
    foreground="#d9dce3",
    background="#121318",
    surface="#1c1e26",
    panel="#262933",
    success="#87c38a",
    warning="#e5b25d",
    error="#e06c75",
    variables={
        "state-active": "#87c38a",
        "state-expiring": "#e5b25d",
        "state-rotating": "#7fa3d9",
        "state-expired": "#8a8f9c",
        "state-revoked": "#e06c75",
        "dim": "#8a8f9c",
        "faint": "#565b69",
        "input-cursor-background": "#d9dce3",
        "block-cursor-background": "#2a2d38",
        "block-cursor-foreground": "#d9dce3",
        "footer-key-foreground": "#e5b25d",
        "footer-background": "#121318",
    },
)

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

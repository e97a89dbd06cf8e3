"""Which carriers lead from where the console runs to where its admin sits."""

import sys

import pytest

from console.clipboard.plan import MODES, Carrier, Environment, plan

HERE = {"TERM": "xterm-256color"}
OVER_SSH = {**HERE, "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
TMUX = {"TMUX": "/tmp/tmux-1000/default,4711,0", "TERM": "tmux-256color"}  # noqa: S108
SCREEN = {"STY": "4711.pts-0.host", "TERM": "screen-256color"}
DISPLAY = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        pytest.param(HERE, (Carrier.OSC52,), id="a terminal and nothing else"),
        pytest.param(HERE | DISPLAY, (Carrier.DESKTOP, Carrier.OSC52), id="an X desktop"),
        pytest.param(
            HERE | {"WAYLAND_DISPLAY": "wayland-0"},
            (Carrier.DESKTOP, Carrier.OSC52),
            id="a Wayland desktop",
        ),
        pytest.param(OVER_SSH, (Carrier.OSC52,), id="ssh"),
        pytest.param(HERE | {"SSH_TTY": "/dev/pts/3"}, (Carrier.OSC52,), id="ssh by its tty"),
        pytest.param(OVER_SSH | DISPLAY, (Carrier.DESKTOP, Carrier.OSC52), id="ssh -X"),
        pytest.param(HERE | TMUX, (Carrier.TMUX,), id="tmux"),
        pytest.param(OVER_SSH | TMUX | DISPLAY, (Carrier.TMUX,), id="tmux over ssh"),
        pytest.param(HERE | SCREEN, (Carrier.SCREEN,), id="screen"),
        pytest.param(OVER_SSH | SCREEN | DISPLAY, (Carrier.SCREEN,), id="screen over ssh"),
        pytest.param(HERE | SCREEN | TMUX, (Carrier.TMUX,), id="tmux inside screen"),
        pytest.param({"TERM": "dumb"}, (), id="a dumb terminal"),
        pytest.param({"TERM": "dumb"} | DISPLAY, (), id="a dumb terminal on a desktop"),
        pytest.param({}, (), id="no terminal"),
    ],
)
def test_the_surroundings_decide_the_carriers(
    variables: dict[str, str], wanted: tuple[Carrier, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert plan(Environment.read(variables)) == wanted


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_a_desktop_without_a_display_is_ones_own_only_when_one_sits_at_it(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert plan(Environment.read(HERE))[0] is Carrier.DESKTOP
    assert plan(Environment.read(OVER_SSH)) == (Carrier.OSC52,)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("auto", "off")])
def test_a_carrier_that_is_asked_for_is_the_only_one(mode: str) -> None:
    assert plan(Environment.read(OVER_SSH | TMUX), mode) == (Carrier(mode),)


def test_off_is_off() -> None:
    assert plan(Environment.read(HERE | DISPLAY), "off") == ()


def test_the_process_environment_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMUX", TMUX["TMUX"])
    assert Environment.read().tmux
    monkeypatch.delenv("TMUX")
    assert not Environment.read().tmux

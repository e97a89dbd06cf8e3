"""Which carriers lead from where the console runs to where its admin sits."""

import sys

import pytest

from console.clipboard.plan import Carrier, ClipboardChoice, Environment, plan

HERE = {"TERM": "xterm-256color"}
OVER_SSH = {**HERE, "SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
TMUX = {"TMUX": "/tmp/tmux-1000/default,4711,0", "TERM": "tmux-256color"}  # noqa: S108
SCREEN = {"STY": "4711.pts-0.host", "TERM": "screen-256color"}
DISPLAY = {"DISPLAY": ":0"}


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        pytest.param(HERE, (Carrier.OSC52,), id="a terminal and nothing else"),
        pytest.param(HERE | DISPLAY, (Carrier.NATIVE, Carrier.OSC52), id="an X desktop"),
        pytest.param(
            HERE | {"WAYLAND_DISPLAY": "wayland-0"},
            (Carrier.NATIVE, Carrier.OSC52),
            id="a Wayland desktop",
        ),
        pytest.param(OVER_SSH, (Carrier.OSC52,), id="ssh"),
        pytest.param(HERE | {"SSH_TTY": "/dev/pts/3"}, (Carrier.OSC52,), id="ssh by its tty"),
        pytest.param(OVER_SSH | DISPLAY, (Carrier.NATIVE, Carrier.OSC52), id="ssh -X"),
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
    assert plan(Environment.read(HERE))[0] is Carrier.NATIVE
    assert plan(Environment.read(OVER_SSH)) == (Carrier.OSC52,)


@pytest.mark.parametrize(
    ("variables", "choice", "wanted"),
    [
        pytest.param(OVER_SSH | TMUX, ClipboardChoice("osc52"), (Carrier.OSC52,), id="osc52"),
        pytest.param(
            HERE | SCREEN, ClipboardChoice("osc52"), (Carrier.SCREEN,), id="osc52 in screen"
        ),
        pytest.param(
            HERE | SCREEN | TMUX, ClipboardChoice("osc52"), (Carrier.OSC52,), id="osc52 in both"
        ),
        pytest.param(OVER_SSH | DISPLAY, ClipboardChoice("tmux"), (Carrier.TMUX,), id="tmux"),
        pytest.param(OVER_SSH | TMUX, ClipboardChoice("native"), (Carrier.NATIVE,), id="native"),
        pytest.param(
            HERE | TMUX, ClipboardChoice("command", ("x",)), (Carrier.COMMAND,), id="command"
        ),
        pytest.param(
            HERE | TMUX, ClipboardChoice("auto", ("x",)), (Carrier.COMMAND,), id="a command"
        ),
        pytest.param(
            HERE | TMUX, ClipboardChoice("tmux", ("x",)), (Carrier.TMUX,), id="tmux all the same"
        ),
        pytest.param(HERE | DISPLAY, ClipboardChoice("off"), (), id="off"),
        pytest.param(HERE, ClipboardChoice("off", ("x",)), (), id="off all the same"),
        pytest.param({"TERM": "dumb"}, ClipboardChoice("osc52"), (), id="osc52 on a dumb terminal"),
    ],
)
def test_a_carrier_that_is_asked_for_is_the_only_one(
    variables: dict[str, str], choice: ClipboardChoice, wanted: tuple[Carrier, ...]
) -> None:
    assert plan(Environment.read(variables), choice) == wanted


@pytest.mark.parametrize("variables", [OVER_SSH, OVER_SSH | TMUX | DISPLAY, OVER_SSH | SCREEN])
@pytest.mark.parametrize(
    "choice", [ClipboardChoice(), ClipboardChoice("native"), ClipboardChoice("command", ("x",))]
)
def test_a_guest_is_lent_no_program(variables: dict[str, str], choice: ClipboardChoice) -> None:
    assert plan(Environment.read(variables, guest=True), choice) == (Carrier.OSC52,)


@pytest.mark.parametrize(
    ("variables", "guest", "held_up"),
    [
        pytest.param(OVER_SSH, False, False, id="a terminal"),
        pytest.param(OVER_SSH | {"TERM": "tmux-256color"}, False, True, id="tmux around ssh"),
        pytest.param(OVER_SSH | {"TERM": "screen"}, False, True, id="screen around ssh"),
        pytest.param(OVER_SSH | TMUX, False, False, id="tmux inside ssh"),
        pytest.param(OVER_SSH | TMUX, True, True, id="a guest who says that tmux is inside"),
    ],
)
def test_a_multiplexer_out_of_reach_is_known_by_the_terminals_name(
    variables: dict[str, str], guest: bool, held_up: bool
) -> None:
    assert Environment.read(variables, guest=guest).behind_a_multiplexer is held_up


def test_a_window_of_vims_is_known_where_nothing_stands_between() -> None:
    assert Environment.read({"TERM": "xterm-256color", "VIM_TERMINAL": "901"}).vim
    assert not Environment.read(TMUX | {"VIM_TERMINAL": "901"}).vim


def test_the_process_environment_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMUX", TMUX["TMUX"])
    assert Environment.read().tmux
    monkeypatch.delenv("TMUX")
    assert not Environment.read().tmux

"""The tab key in three real shells, on names that stand in a real store."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.house import House

PATIENCE = 60
PROMPT = "ready> "
SHELLS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        f"PS1='{PROMPT}'; bind 'set enable-bracketed-paste off'",
        'eval "$(_KEYDECK_COMPLETE=bash_source keydeck)"',
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        f"PROMPT='{PROMPT}'; unsetopt zle_bracketed_paste; autoload -U compinit && compinit -u",
        'eval "$(_KEYDECK_COMPLETE=zsh_source keydeck)"',
    ),
    "fish": (
        ["fish", "--no-config", "-i"],
        f"function fish_prompt; printf '{PROMPT}'; end",
        "_KEYDECK_COMPLETE=fish_source keydeck | source",
    ),
}
"""How each is started, made quiet, and switched to complete: the one line of topic `console`."""


@pytest.fixture
def shell(
    request: pytest.FixtureRequest, house: House, tmp_path: Path
) -> Iterator["pexpect.spawn[str]"]:
    """A shell at a terminal, with keydeck's completion switched on."""
    words, quiet, switch = SHELLS[request.param]
    environment = {
        **{name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ},
        "HOME": str(tmp_path),
        "TERM": "dumb" if request.param != "fish" else "xterm",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "KEYDECK_STORE": house.url,
        "KEYDECK_PEPPER_FILE": str(house.pepper_path),
        "KEYDECK_WORKSPACE": "acme-events",
    }
    spawned = pexpect.spawn(
        words[0],
        words[1:],
        env=environment,
        cwd=tmp_path,
        timeout=PATIENCE,
        dimensions=(40, 200),
        encoding="utf-8",
    )
    try:
        for line in (quiet, switch):
            spawned.sendline(line)
        # What was typed says only half of it.
        spawned.sendline("echo swit''ched")
        spawned.expect("switched")
        yield spawned
    finally:
        spawned.close(force=True)


@pytest.mark.parametrize("shell", SHELLS, indirect=True)
def test_the_tab_key_finishes_names_of_keys_scopes_people_topics_and_workspaces(
    shell: "pexpect.spawn[str]", house: House
) -> None:
    house.create("Website")
    house.create("Accounting of others", actor=house.bob)
    for begun, finished in (
        ("keydeck keys show Webs", "ite"),
        ("keydeck keys create --scope availability:w", "rite"),
        ("keydeck people leave alic", "e@acme"),
        ("keydeck keys sho", "w"),
        ("keydeck help incid", "ents"),
        ("keydeck help keys sco", "pe"),
        ("keydeck keys list --workspace acm", "e-events"),
    ):
        shell.send(begun)
        shell.expect_exact(begun[-3:])
        shell.send("\t")
        shell.expect_exact(finished)
        # Ctrl+C gives the line up.
        shell.send("\x03")

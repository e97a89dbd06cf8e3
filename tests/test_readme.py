"""The README: short, and what it tells somebody to type does what it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from console import topics
from tests.proxies.running import free_port
from tests.test_topics import BLOCK, SPOKEN, lines_of_commands, refused, words_of
from tests.test_walls import ROOT

README = (ROOT / "README.md").read_text()
MOST_BYTES = 9216
OF_BEFORE = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/keydeck demo",
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -n auto",
)
PASSWORD = "a sentence that nobody guesses"


def section(title: str) -> str:
    """Return what stands under a heading."""
    found = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert found, title
    return found


def test_it_is_short_and_begins_as_it_did() -> None:
    assert len(README.encode()) <= MOST_BYTES
    lines = "\n".join(BLOCK.findall(README)).splitlines()
    assert all(line in lines for line in OF_BEFORE)


def test_what_it_links_to_is_there_and_every_topic_is_linked_to() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert [one for one in linked if not (ROOT / one).exists()] == []
    assert {f"console/topics/{name}.md" for name in topics.names()} <= set(linked)


def test_every_command_line_is_one_that_keydeck_takes() -> None:
    told = [line for line in lines_of_commands(README) if "…" not in line]
    assert len(told) > 20
    assert [line for line in told if refused(words_of(line))] == []
    topics_told = {line.split()[2] for line in SPOKEN.findall(README) if "keydeck help " in line}
    assert topics_told - {"TOPIC"} <= set(topics.names())


@pytest.fixture(params=["pip", "uv"])
def programs(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of what pip, or uv, has installed into an environment of its own."""
    own = tmp_path / "venv"
    python = str(own / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", own], check=True)
    # From a copy: what is built leaves nothing in the tree.
    tree = shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns(".*", "tests"))
    installs = {
        # Most of what is installed is never run here, and need not be compiled.
        "pip": ("pip", "--python", python, "install", "-q", "--no-compile"),
        "uv": ("uv", "pip", "install", "-q", "--python", python),
    }
    words = installs[request.param]
    subprocess.run([sys.executable, "-m", *words, tree], check=True, timeout=600)
    return own / "bin"


@pytest.mark.skipif(sys.platform == "win32", reason="lines of a shell")
def test_whoever_installs_it_and_types_its_blocks_in_order_has_what_it_promises(
    programs: Path, tmp_path: Path
) -> None:
    port = free_port()
    blocks = [
        *BLOCK.findall(section("Your first key")),
        *BLOCK.findall(section("Guard your own API")),
        *BLOCK.findall(section("Run it")),
    ]
    assert len(blocks) == 6
    script = "\n".join(blocks).replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    # In another terminal, until it says that it accepts connections.
    served = f"keydeck serve --port {port} > served & verifier=$!; trap 'kill $verifier' EXIT"
    ready = "until grep -q . served; do kill -0 $verifier; sleep 0.1; done"
    script = re.sub(r"^keydeck serve$", f"{served}\n{ready}", script, flags=re.MULTILINE)
    assert served in script
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "KEYDECK_PASSWORD": PASSWORD,
    }
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert '"valid":true' in done.stdout
    assert re.search(r"^HTTP/1.1 401.*\"code\":\"revoked\"", done.stdout, re.DOTALL | re.MULTILINE)
    assert '{"data":["' in done.stdout
    assert "reverse_proxy 127.0.0.1:3000" in done.stdout
    assert (home / ".local/share/keydeck/store.db").exists()
    assert (home / "keydeck-copy.db").exists()


def test_the_line_for_completion_switches_it_on() -> None:
    [line] = re.findall(r"`(eval [^`]*)`", README)
    environment = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    typed = "COMP_LINE='keydeck rota'; COMP_POINT=12; COMP_WORDS=(keydeck rota); COMP_CWORD=1"
    asked = f"{line}; complete -p keydeck; {typed}"
    done = subprocess.run(
        ["bash", "-c", f'{asked}; _keydeck_completion keydeck; echo "${{COMPREPLY[@]}}"'],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.splitlines()[-1].split() == ["rotations"], done.stderr

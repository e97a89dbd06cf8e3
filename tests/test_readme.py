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


@pytest.mark.skipif(sys.platform == "win32", reason="lines of a shell")
def test_whoever_types_its_blocks_in_order_has_what_it_promises(tmp_path: Path) -> None:
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
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "KEYDECK_PASSWORD": PASSWORD,
    }
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],
        cwd=tmp_path,
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
    assert (tmp_path / ".local/share/keydeck/store.db").exists()
    assert (tmp_path / "keydeck-copy.db").exists()


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


@pytest.mark.parametrize("program", ["pip", "uv"])
def test_it_is_installed_by_either_program_and_runs(tmp_path: Path, program: str) -> None:
    own = tmp_path / "venv"
    python = str(own / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", own], check=True)
    # From a copy: what is built leaves nothing in the tree.
    tree = shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns(".*", "tests"))
    installs = {
        "pip": ("pip", "--python", python, "install", "-q"),
        "uv": ("uv", "pip", "install", "-q", "--python", python),
    }
    subprocess.run([sys.executable, "-m", *installs[program], tree], check=True, timeout=600)
    shown = subprocess.run(
        [own / "bin" / "keydeck", "help", "ssh"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "authorized_keys" in shown.stdout
    assert shown.stderr == ""

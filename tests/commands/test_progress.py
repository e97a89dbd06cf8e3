"""How far long work is, drawn on a real terminal and nowhere else."""

import os
import subprocess
import sys

STEPS = (
    "from console.commands.output import progress\n"
    "told = progress('Upgrading')\n"
    "for done, name in enumerate(['Counts', 'Views', '']):\n"
    "    told(done, 2, name)\n"
)


def test_progress_is_one_line_that_is_gone_at_the_end() -> None:
    ours, theirs = os.openpty()
    subprocess.run([sys.executable, "-c", STEPS], stderr=theirs, check=True)
    os.close(theirs)
    drawn = os.read(ours, 65536).decode()
    os.close(ours)
    assert "Upgrading: 0 of 2  Counts" in drawn
    assert "Upgrading: 1 of 2  Views" in drawn
    assert "\n" not in drawn
    assert drawn.endswith("\r")
    assert drawn.rstrip("\r").rpartition("\r")[2].strip() == ""


def test_where_there_is_no_terminal_nothing_is_drawn() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")

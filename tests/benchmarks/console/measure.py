"""Rounds over subjects and terminals, interleaved, and the medians and tails of them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.console.seen import rows
from tests.benchmarks.console.subjects import Subject
from tests.benchmarks.console.watched import Watched
from tests.terminal.screen import surroundings

FIRST_PAINT, FIRST_FRAME, MEMORY = "first paint", "first full frame", "memory"
Terminals = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was asked once."""

    subject: str
    keys: int
    columns: int
    lines: int
    round: int
    asked: str
    ms: float
    sent: int
    """Bytes up to the finished frame."""
    settled: int
    """Bytes until nothing followed any more."""
    cpu_ms: float = 0.0
    mib: float = 0.0


def measured(
    subjects: Sequence[Subject], terminals: Terminals, rounds: int, repeats: int, folder: Path
) -> list[Row]:
    """Return every press of every round. All subjects of a round come before the next round."""
    found: list[Row] = []
    for number in range(1, rounds + 1):
        for columns, lines in terminals:
            for subject in subjects:
                told = f"round {number}: {subject.name}, {subject.keys:,} keys, {columns}x{lines}"
                print(f"\r{told:<70}", end="", file=sys.stderr, flush=True)
                found += _one(subject, (columns, lines), number, repeats, folder)
    print("\r" + " " * 70 + "\r", end="", file=sys.stderr)
    return found


def _one(
    subject: Subject, size: tuple[int, int], number: int, repeats: int, folder: Path
) -> list[Row]:
    columns, lines = size
    environment = surroundings(folder)
    terminal = Watched(subject.arguments, environment, columns=columns, lines=lines, cwd=folder)

    def row(
        asked: str, ms: float, sent: int, settled: int, cpu_ms: float = 0, mib: float = 0
    ) -> Row:
        told = asked, ms, sent, settled, cpu_ms, mib
        return Row(subject.name, subject.keys, columns, lines, number, *told)

    try:
        # A table of a million rows paints nothing before it has them all.
        painted = terminal.frame(
            lambda screen: any(line.strip() for line in screen.display), patience=900
        )
        paint = row(FIRST_PAINT, (painted - terminal.began) * 1000, *[len(terminal.raw)] * 2)
        framed = painted
        if not rows(terminal.screen):
            framed = terminal.frame(lambda screen: bool(rows(screen)), patience=900)
        took, sent, cpu_ms = (framed - terminal.began) * 1000, len(terminal.raw), terminal.cpu_ms
        terminal.settle()
        frame = row(FIRST_FRAME, took, sent, len(terminal.raw), cpu_ms=cpu_ms)
        pressed = [row(*one) for one in subject.drive(terminal, repeats)] if repeats else []
        return [paint, frame, *pressed, row(MEMORY, 0, 0, 0, mib=terminal.mib)]
    finally:
        terminal.end()


def p95(values: Sequence[float]) -> float:
    """Return the value that one in twenty exceeds."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def table(found: Sequence[Row]) -> str:
    """Return medians and tails, one line for each thing that was asked of each subject."""
    groups: dict[tuple[str, int, int, int, str], list[Row]] = {}
    for one in sorted(found, key=lambda one: (one.columns, one.subject, one.keys)):
        what = one.subject, one.keys, one.columns, one.lines, one.asked
        groups.setdefault(what, []).append(one)
    floors = {
        columns: median(one.ms for one in group)
        for (_, keys, columns, _, asked), group in groups.items()
        if asked == FIRST_FRAME and not keys
    }
    printed, heading = [], ""
    for (subject, keys, columns, lines, asked), group in groups.items():
        title = f"{subject}{f', {keys:,} keys' if keys else ''}, {columns}x{lines}"
        if title != heading:
            heading = title
            heads = ("ms", "p95", "bytes", "p95", "settled")
            printed.append(f"\n{title:<40}" + "".join(f"{head:>9}" for head in heads))
        printed.append(
            f"  {asked:<38}" + _line(asked, group, floors.get(columns) if keys else None)
        )
    return "\n".join(printed).strip("\n")


def _line(asked: str, group: Sequence[Row], floor: float | None) -> str:
    if asked == MEMORY:
        return f"{median(one.mib for one in group):>9.0f} MiB"
    times, sent = [one.ms for one in group], [float(one.sent) for one in group]
    settled = median(one.settled for one in group)
    line = f"{median(times):>9.1f}{p95(times):>9.1f}{median(sent):>9,.0f}{p95(sent):>9,.0f}"
    line += f"{settled:>9,.0f}"
    if asked == FIRST_FRAME:
        line += f"  {median(one.cpu_ms for one in group):.0f} ms of CPU"
        line += f", {median(times) / floor:.2f} of the floor" if floor else ""
    return line

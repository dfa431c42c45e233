"""Clocks, medians, and a table that says the target beside each figure."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Work = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """One row of the table. `kept` says whether the target was kept; None where there is no target."""

    what: str
    figure: str
    beside: str = ""
    target: str = ""
    kept: bool | None = None


@dataclass(frozen=True)
class Effort:
    """How long everything may take: the whole bench about three minutes, `--quick` a few seconds."""

    rounds: int  # of interleaved blocks
    block: int  # calls in one block
    seconds: float  # of anything that runs for a time
    days: int  # of the longest diary
    flood: int  # client threads at the door
    visits: int  # cold visits of a browser


FULL = Effort(rounds=40, block=12, seconds=2.0, days=3650, flood=40, visits=5)
QUICK = Effort(rounds=4, block=4, seconds=0.4, days=420, flood=6, visits=1)


@dataclass
class Taken:
    """Seconds for each call of one work: as they passed, and of this thread's processor time."""

    block: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def once(self, work: Work) -> None:
        """Call it, and note what it took."""
        wall, cpu = time.perf_counter(), time.thread_time()
        work()
        self.cpu.append(time.thread_time() - cpu)
        self.wall.append(time.perf_counter() - wall)

    def blocks(self, values: Sequence[float]) -> list[float]:
        """The median of each block."""
        return [median(values[at : at + self.block]) for at in range(0, len(values), self.block)]


def interleaved(effort: Effort, *works: Work) -> list[Taken]:
    """What each work takes. They take turns in short blocks, so that all meet the same noise."""
    for work in works:
        for _ in range(effort.block):
            work()
    taken = [Taken(effort.block) for _ in works]
    for _ in range(effort.rounds):
        for work, found in zip(works, taken, strict=True):
            for _ in range(effort.block):
                found.once(work)
    return taken


def times(one: Taken, other: Taken, *, cpu: bool = False) -> float:
    """How many times as long `one` took as `other`: the median over the rounds they shared."""
    pairs = (
        zip(one.blocks(one.cpu), other.blocks(other.cpu), strict=True)
        if cpu
        else zip(one.blocks(one.wall), other.blocks(other.wall), strict=True)
    )
    return median([a / b for a, b in pairs])


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """What all but one in a hundred stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def ms(seconds: float) -> str:
    """Milliseconds, as one reads them."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def kb(count: int) -> str:
    """Kilobytes of 1,024."""
    return f"{count / 1024:.1f} KB"


def at_most(what: str, value: float, most: float, figure: str, beside: str = "", unit: str = "") -> Line:
    """A line whose figure should stay below a target."""
    return Line(what, figure, beside, f"at most {most:g}{unit}", value <= most)


def at_least(what: str, value: float, least: float, figure: str, beside: str = "", unit: str = "") -> Line:
    """A line whose figure should reach a target."""
    return Line(what, figure, beside, f"at least {least:g}{unit}", value >= least)


def say(title: str, lines: Sequence[Line]) -> int:
    """Print one part of the table. Gives how many targets were missed."""
    print(f"\n{title}")
    for line in lines:
        print(f"  {line.what:<54} {line.figure:>34}")
        if line.beside or line.target:
            verdict = "" if line.kept is None else "   kept" if line.kept else "   MISSED"
            print(f"      {line.beside:<58} {line.target}{verdict}".rstrip())
    return sum(line.kept is False for line in lines)

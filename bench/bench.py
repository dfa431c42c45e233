"""`make bench`: what Ibasho costs on this machine, in one run, beside raw work of the same kind.

    .venv/bin/python bench/bench.py [--quick] [--only saves,revoke,pages,http,wire,door,help]
    ONLY=help make bench

Absolute figures change with the machine and whatever else it does. Ratios compare two things that took turns in
the same minute, so they hold. No test depends on a time: this is for people to read.
"""

import argparse
import os
import platform
import sys
import sysconfig
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1])]

from bench import door, help, house, pages, programme, revoke, saves, wire  # noqa: E402
from bench.browser import Browser  # noqa: E402
from bench.measure import FULL, QUICK, Effort, Line, median, ms, say  # noqa: E402
from ibasho import vault  # noqa: E402

PARTS = ("saves", "revoke", "pages", "http", "wire", "door", "help")
Part = tuple[str, list[Line]]


def main() -> int:
    """Measure what was asked for. 0 when every target was kept, else 1."""
    asked = _parser().parse_args()
    effort = QUICK if asked.quick else FULL
    begun, missed = time.monotonic(), 0
    with programme.folder() as place, programme.run_folder() as run:
        print(_machine(place))
        opened = programme.begin(place / "data", run)
        for title, lines in _parts(effort, opened, asked.only):
            missed += say(title, lines)
    print(f"\n{missed} targets missed. It took {time.monotonic() - begun:.0f} seconds.")
    return 1 if missed else 0


def _parts(effort: Effort, opened: vault.Vault, wanted: Collection[str]) -> Iterator[Part]:
    """Each part of the table, as soon as it is measured."""
    cast = [programme.person(name, 30) for name in programme.NAMES] if {*wanted} - {"help"} else []
    if "saves" in wanted:
        yield "Saving, in this process", saves.measure(effort, opened, [space for space, _ in cast])
    if "revoke" in wanted:
        yield "Taking somebody out, in this process", revoke.measure(opened, effort is QUICK)
    if "pages" in wanted:
        kept, weeks, years = (programme.person("Tom", days)[0] for days in (30, 70, effort.days))
        programme.keep_today(kept)
        people = pages.People(cast[0][0], kept, weeks, years)
        yield "Pages, in this process", pages.measure(effort, opened, people)
    opened.close()
    if {"http", "wire", "door"}.intersection(wanted):
        yield from _from_outside(effort, opened.data, [words for _, words in cast], wanted)
    if "help" in wanted:
        yield "Help, on a slow phone and a slow line", help.measure(effort, opened.data)


def _from_outside(effort: Effort, data: Path, words: list[str], wanted: Collection[str]) -> Iterator[Part]:
    """What a running programme is like, asked over HTTP."""
    with house.up(data) as up, ExitStack() as stack:
        inside = [Browser(up.address) for _ in words]
        for browser, one in zip(inside, words, strict=True):
            stack.callback(browser.close)
            house.sign_in(browser, one)
        if "wire" in wanted:
            yield "On the wire, brotli", wire.measure(Browser(up.address), inside[0])
        if "http" in wanted:
            yield "Pages, from ibasho up", pages.over_http(effort, up, inside)
        if "door" in wanted:
            yield "At the door", door.measure(effort, up, inside[0], words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What Ibasho costs on this machine.")
    parser.add_argument("--quick", action="store_true", help="a few seconds for all; the figures mean little")
    parser.add_argument("--only", type=lambda text: text.split(","), default=PARTS, metavar=",".join(PARTS))
    return parser


def _machine(place: Path) -> str:
    """Which Python, how many cores, how busy, and what the disk takes to make a page durable."""
    handle = os.open(place / "disk", os.O_CREAT | os.O_WRONLY, 0o600)
    taken = []
    for _ in range(100):
        os.pwrite(handle, bytes(4096), 0)
        begun = time.perf_counter()
        os.fdatasync(handle)
        taken.append(time.perf_counter() - begun)
    os.close(handle)
    flags = sysconfig.get_config_var("CONFIG_ARGS") or ""
    debian = (
        "Debian's"
        if "/usr/share/python-wheels" in flags
        else "not Debian's, which is often 10 to 30 % faster"
    )
    return (
        f"Python {platform.python_version()} at {sys.executable} ({debian})\n"
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; fdatasync {ms(median(taken))} in {place.parent}"
    )


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""`make release`: a wheel and an sdist in dist/, or every reason why there is none yet.

    python tools/release.py            look, and build when nothing stands in the way
    python tools/release.py --look     look alone

What has to be true first: a person has opened the provider's page of every crisis line that ships, in the last 180
days (DOMAIN 7.2); the table in the package is the one made from the maintainers' own; the version has its own dated
heading in CHANGELOG.md and no tag yet; nothing is uncommitted. And afterwards the wheel is opened: no row in doubt,
no note and no source of a maintainer may be in it.
"""

import argparse
import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOUSE), str(HOUSE / "src")]

from ibasho import __version__  # noqa: E402
from tools import lines_check  # noqa: E402

VERSION = re.compile(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?")
_NOTE = 12  # letters: a note shorter than that could stand anywhere


def unopened(rows: list[lines_check.Row], today: dt.date) -> Iterator[str]:
    """Each row that ships and that no person has opened lately: its country, what it is, its name, and why."""
    ships = [row for row in rows if row["certainty"] != lines_check.IN_DOUBT]
    for row, why in lines_check.due(ships, today):
        yield f"{row['iso2']}  {row['country']}: {row['name']} ({row['kind']}, certainty {row['certainty']}), {why}"


def table_is_old(rows: list[lines_check.Row], shipped: str) -> Iterator[str]:
    """That the table in the package is not the one made from the maintainers' own."""
    if lines_check.shipped(rows) != shipped:
        yield "the table in the package is not made from tools/lines: tools/lines_check.py --write"


def version_is_not_ready(version: str, changelog: str, tags: list[str], today: dt.date) -> Iterator[str]:
    """What is missing before this version can have this name."""
    if not VERSION.fullmatch(version):
        yield f"{version} is no version such as 1.2.0"
    if f"v{version}" in tags or version in tags:
        yield f"{version} has been released: raise __version__ in src/ibasho/__init__.py"
    headings = re.findall(r"^## (\S+), (.+)$", changelog, re.MULTILINE)
    if not headings or headings[0][0] != version:
        yield f"the first heading of CHANGELOG.md is not “{version}, {today}”"
    elif not _is_a_day(headings[0][1], today):
        yield f"CHANGELOG.md says “{version}, {headings[0][1]}” where it needs the day of the release"


def tree_is_not_clean(status: str) -> Iterator[str]:
    """Files that are changed or new, and committed nowhere."""
    yield from (f"not committed: {line[3:]}" for line in status.splitlines())


def told_by(wheel: Path, rows: list[lines_check.Row]) -> Iterator[str]:
    """What the tables of a wheel have that only maintainers may read."""
    doubtful = {row["name"] for row in rows if row["certainty"] == lines_check.IN_DOUBT}
    kept_back = {row[column] for row in rows for column in lines_check.FOR_MAINTAINERS}
    kept_back = {cell for cell in kept_back if len(cell) >= _NOTE and not cell.startswith("https://")}
    with zipfile.ZipFile(wheel) as opened:
        tables = [name for name in opened.namelist() if name.endswith(".tsv")]
        if tables != ["ibasho/programme/data/crisis_lines.tsv"]:
            yield f"the wheel has the tables {', '.join(tables) or 'of nobody'}"
        for name in tables:
            text = opened.read(name).decode()
            cells = {cell for row in text.splitlines() for cell in row.split("\t")}
            if doubtful & cells or f"\t{lines_check.IN_DOUBT}\t" in text:
                yield f"{name} in the wheel has a line that is in doubt"
            if any(cell in text for cell in kept_back):
                yield f"{name} in the wheel has a maintainer's note"


def build(into: Path) -> list[Path]:
    """The sdist and the wheel, made from what is committed, at the time of its last change."""
    from flit_core import buildapi

    into.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    os.environ["SOURCE_DATE_EPOCH"] = _git("log", "-1", "--format=%ct")
    os.chdir(HOUSE)
    try:
        return [into / buildapi.build_sdist(str(into)), into / buildapi.build_wheel(str(into))]
    finally:
        os.chdir(before)


def reasons(today: dt.date) -> list[str]:
    """Everything that stands in the way of a release today."""
    rows = lines_check.rows()
    waiting = list(unopened(rows, today))
    told = [f"{len(waiting)} crisis lines that ship have not been opened by a person:"] if waiting else []
    told += [f"    {line}" for line in waiting]
    told += table_is_old(rows, lines_check.SHIPPED.read_text("utf-8"))
    changelog = (HOUSE / "CHANGELOG.md").read_text("utf-8")
    told += version_is_not_ready(__version__, changelog, _git("tag", "--list").split(), today)
    told += tree_is_not_clean(_git("status", "--porcelain"))
    return told


def main(arguments: list[str]) -> int:
    """0 when the release lies in dist/, or could; 1 with every reason why not."""
    asked = argparse.ArgumentParser(description="A release, or what stands in its way.")
    asked.add_argument("--look", action="store_true", help="build nothing")
    chosen = asked.parse_args(arguments)
    told = reasons(dt.datetime.now().astimezone().date())
    if told:
        print("\n".join([*told, "", "Nothing was built."]))
        return 1
    if chosen.look:
        print(f"Nothing stands in the way of {__version__}.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = build(Path(folder))
        told = [
            line for wheel in made if wheel.suffix == ".whl" for line in told_by(wheel, lines_check.rows())
        ]
        if told:
            print("\n".join([*told, "", "Nothing was kept of it."]))
            return 1
        target = HOUSE / "dist"
        target.mkdir(exist_ok=True)
        for file in made:
            shutil.copy(file, target / file.name)
            print(f"dist/{file.name}")
    return 0


def _is_a_day(text: str, today: dt.date) -> bool:
    try:
        return dt.date.fromisoformat(text) <= today
    except ValueError:
        return False


def _git(*order: str) -> str:
    done = subprocess.run(["git", *order], cwd=HOUSE, check=True, capture_output=True, text=True)
    return done.stdout.rstrip("\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Lists the lines that somebody should look at again: never checked, or not for 180 days. Writes the table that ships.

    python tools/lines_check.py            every country
    python tools/lines_check.py GB IE      these countries
    python tools/lines_check.py --count    counts alone
    python tools/lines_check.py --write    make src/ibasho/programme/data/crisis_lines.tsv anew

For maintainers (DOMAIN 7.2). Open the provider's own page, compare every cell, and write the day into
`live_checked_on` in tools/lines/crisis_lines.tsv; then `--write`. The table that ships is made from that one: without
rows of certainty D, which are in no package at all until their certainty is raised, and without the columns that
are notes for you. `make release` asks for every row that ships to have been opened by a person (tools/release.py).
"""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE / "src"))

from ibasho.programme import lines  # noqa: E402

TABLE = HOUSE / "tools/lines/crisis_lines.tsv"
SHIPPED = HOUSE / "src/ibasho/programme/data/crisis_lines.tsv"
FOR_MAINTAINERS = ("source_read", "maintainer_note_never_shown")
COLUMNS = (*lines.COLUMNS[:-1], "source_read", lines.COLUMNS[-1], "maintainer_note_never_shown")
IN_DOUBT = "D"  # sources contradict each other: a number that does not connect is worse than none

Row = dict[str, str]


def rows_of(text: str) -> list[Row]:
    """Every row of the maintainers' table. Raises lines.BadLine."""
    return list(lines.read_rows(text, COLUMNS))


def rows() -> list[Row]:
    """Every row, as it stands in the repository."""
    return rows_of(TABLE.read_text("utf-8"))


def shipped(told: list[Row]) -> str:
    """The table as the package has it: what may be shown, with the columns that pages need. Raises BadLine."""
    kept = [row for row in told if row["certainty"] != IN_DOUBT]
    for row in kept:
        lines.line_of(row)
    table = [lines.COLUMNS, *(tuple(row[column] for column in lines.COLUMNS) for row in kept)]
    return "".join("\t".join(cells) + "\n" for cells in table)


def due(told: list[Row], today: dt.date) -> Iterator[tuple[Row, str]]:
    """Each row that is due, and why."""
    for row in told:
        checked_on = dt.date.fromisoformat(row["live_checked_on"]) if row["live_checked_on"] else None
        if checked_on is None:
            yield row, "never checked"
        elif checked_on > today:
            yield row, f"checked on {checked_on}, which is still to come"
        elif today - checked_on > lines.OLD_AFTER:
            yield row, f"checked on {checked_on}, {(today - checked_on).days} days ago"


def main(arguments: list[str], *, today: dt.date | None = None, table: str | None = None) -> str:
    """The list as text."""
    asked = argparse.ArgumentParser(description="Lines that are due for a look.")
    asked.add_argument("countries", nargs="*", metavar="ISO2", help="only these; XE is Europe, ZZ the world")
    asked.add_argument("--count", action="store_true", help="counts alone")
    asked.add_argument("--write", action="store_true", help="make the table that ships anew")
    chosen = asked.parse_args(arguments)
    told_of = rows() if table is None else rows_of(table)
    if chosen.write:
        SHIPPED.write_text(shipped(told_of), encoding="utf-8")
        return f"{shipped(told_of).count(chr(10)) - 1} of {len(told_of)} rows ship."
    wanted = {code.upper() for code in chosen.countries}
    asked_for = [row for row in told_of if not wanted or row["iso2"] in wanted]
    waiting = list(due(asked_for, today or dt.datetime.now().astimezone().date()))
    told = []
    for row, why in [] if chosen.count else waiting:
        told.append(f"{row['iso2']}  {row['certainty']}  {row['kind']:<15} {row['name']}")
        told.append(f"      {why}; evidence {row['evidence_date'] or 'undated'}: {row['source_read']}")
        told += [f"      {label}: {cell}" for label, cell in _worth_comparing(row) if cell]
    grades = ", ".join(
        f"{grade} {sum(row['certainty'] == grade for row, _why in waiting)}" for grade in "ABCD"
    )
    told.append(f"{len(waiting)} of {len(asked_for)} rows are due ({grades}).")
    return "\n".join(told)


def _worth_comparing(row: Row) -> list[tuple[str, str]]:
    columns = ("number_as_dialled", "text_or_whatsapp", "hours", "web_or_chat", "maintainer_note_never_shown")
    return list(
        zip(("call", "write", "hours", "web", "note"), (row[column] for column in columns), strict=True)
    )


if __name__ == "__main__":
    print(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Lists the lines that somebody should look at again: never checked, or not for 180 days.

    python tools/lines_check.py            every country
    python tools/lines_check.py GB IE      these countries
    python tools/lines_check.py --count    counts alone

For maintainers (DOMAIN 7.2). Open the provider's own page, compare every cell, and write the day into
`live_checked_on` in src/ibasho/programme/data/crisis_lines.tsv. Rows of certainty D are listed too: they are
never shown to anybody, and stay that way until their certainty is raised. Notes are for you, not for a page.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from ibasho.programme import lines


def due(rows: list[dict[str, str]], today: dt.date) -> Iterator[tuple[dict[str, str], str]]:
    """Each row that is due, and why."""
    for row in rows:
        checked_on = lines.line_of(row).checked_on
        if checked_on is None:
            yield row, "never checked"
        elif today - checked_on > lines.OLD_AFTER:
            yield row, f"checked on {checked_on}, {(today - checked_on).days} days ago"


def main(arguments: list[str], *, today: dt.date | None = None, table: str | None = None) -> str:
    """The list as text."""
    asked = argparse.ArgumentParser(description="Lines that are due for a look.")
    asked.add_argument("countries", nargs="*", metavar="ISO2", help="only these; XE is Europe, ZZ the world")
    asked.add_argument("--count", action="store_true", help="counts alone")
    chosen = asked.parse_args(arguments)
    wanted = {code.upper() for code in chosen.countries}
    rows = [
        row for row in lines.read_rows(table or lines.table_text()) if not wanted or row["iso2"] in wanted
    ]
    waiting = list(due(rows, today or dt.datetime.now().astimezone().date()))
    told = []
    for row, why in [] if chosen.count else waiting:
        told.append(f"{row['iso2']}  {row['certainty']}  {row['kind']:<15} {row['name']}")
        told.append(f"      {why}; evidence {row['evidence_date'] or 'undated'}: {row['source_read']}")
        told += [f"      {label}: {cell}" for label, cell in _worth_comparing(row) if cell]
    grades = ", ".join(
        f"{grade} {sum(row['certainty'] == grade for row, _why in waiting)}" for grade in "ABCD"
    )
    told.append(f"{len(waiting)} of {len(rows)} rows are due ({grades}).")
    return "\n".join(told)


def _worth_comparing(row: dict[str, str]) -> list[tuple[str, str]]:
    columns = ("number_as_dialled", "text_or_whatsapp", "hours", "web_or_chat", "maintainer_note_never_shown")
    return list(
        zip(("call", "write", "hours", "web", "note"), (row[column] for column in columns), strict=True)
    )


if __name__ == "__main__":
    print(main(sys.argv[1:]))

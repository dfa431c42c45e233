"""When there is a release: only after a person opened the page of every line that ships. With a made-up table."""

import datetime as dt
import zipfile

import pytest

from tests.house.reading import HOUSE
from tools import lines_check, release

TODAY = dt.date(2026, 11, 22)
LINE = {
    "iso2": "GB",
    "country": "United Kingdom",
    "kind": "crisis",
    "name": "The Evening Line",
    "number_as_dialled": "000 111",
    "hours": "24/7",
    "text_or_whatsapp": "",
    "web_or_chat": "https://example.org/",
    "for_whom": "all",
    "certainty": "A",
    "evidence_date": "2026-06-02",
    "source_read": "a page that was read in June",
    "live_checked_on": "2026-11-20",
    "maintainer_note_never_shown": "they moved house last year",
}
DOUBTFUL = LINE | {"name": "The Other Line", "certainty": "D", "live_checked_on": ""}


def unopened(*rows):
    return list(release.unopened(list(rows), TODAY))


# ── the lines (DOMAIN 7.2) ──


def test_a_line_that_a_person_opened_lately_stands_in_nobodys_way():
    assert unopened(LINE, LINE | {"certainty": "C"}) == []


@pytest.mark.parametrize("certainty", ["A", "B", "C"])
def test_a_line_that_nobody_opened_is_named_with_its_country(certainty):
    [said] = unopened(LINE, LINE | {"name": "The Night Line", "certainty": certainty, "live_checked_on": ""})
    assert said == f"GB  United Kingdom: The Night Line (crisis, certainty {certainty}), never checked"


@pytest.mark.parametrize(
    ("on", "why"),
    [
        ("2026-05-26", None),
        ("2026-05-25", "181 days ago"),
        ("2026-11-23", "still to come"),
    ],
)
def test_a_look_lasts_for_180_days_and_is_not_in_the_future(on, why):
    said = unopened(LINE | {"live_checked_on": on})
    assert len(said) == (why is not None)
    assert not why or why in said[0]


def test_a_line_in_doubt_does_not_ship_so_nobody_waits_for_it():
    assert unopened(DOUBTFUL) == []
    assert "The Other Line" not in lines_check.shipped([LINE, DOUBTFUL])


def test_what_ships_has_neither_notes_nor_sources():
    table = lines_check.shipped([LINE, DOUBTFUL])
    assert table.count("\n") == 2
    assert "The Evening Line" in table
    assert "moved house" not in table
    assert "read in June" not in table


def test_a_table_made_by_hand_is_noticed():
    table = lines_check.shipped([LINE])
    assert list(release.table_is_old([LINE], table)) == []
    assert list(release.table_is_old([LINE], table.replace("000 111", "000 112")))


def test_the_release_of_today_says_which_lines_still_wait(capsys, monkeypatch):
    monkeypatch.setattr(lines_check, "rows", lambda: [LINE | {"live_checked_on": ""}])
    monkeypatch.setattr(release, "build", lambda into: pytest.fail("something was built"))
    assert release.main([]) == 1
    said = capsys.readouterr().out
    assert "1 crisis lines that ship have not been opened by a person:" in said
    assert "GB  United Kingdom: The Evening Line" in said
    assert said.endswith("Nothing was built.\n")


# ── the version, the changelog, the tree ──

LOG = "# Changelog\n\n## 1.2.0, 2026-11-22\n\n- Something.\n\n## 1.1.0, 2026-10-01\n"


@pytest.mark.parametrize(
    ("version", "changelog", "tags", "told"),
    [
        ("1.2.0", LOG, ["v1.1.0"], ""),
        ("1.2.0", LOG, ["v1.2.0"], "has been released"),
        ("1.3.0", LOG, [], "first heading"),
        ("1.2", LOG.replace("1.2.0", "1.2"), [], "is no version"),
        ("1.2.0", LOG.replace("2026-11-22", "unreleased"), [], "needs the day"),
        ("1.2.0", LOG.replace("2026-11-22", "2026-11-23"), [], "needs the day"),
    ],
)
def test_a_version_has_its_own_dated_heading_and_is_used_once(version, changelog, tags, told):
    said = list(release.version_is_not_ready(version, changelog, tags, TODAY))
    assert len(said) == bool(told)
    assert told in "".join(said)


def test_what_is_not_committed_is_named():
    assert list(release.tree_is_not_clean("")) == []
    assert list(release.tree_is_not_clean(" M Makefile\n?? notes.txt")) == [
        "not committed: Makefile",
        "not committed: notes.txt",
    ]


# ── what was built ──

IN_THE_WHEEL = "ibasho/programme/data/crisis_lines.tsv"


def wheel_with(folder, **files):
    path = folder / "ibasho-1.2.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return path


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (lines_check.shipped([LINE]), ""),
        (lines_check.shipped([LINE, DOUBTFUL | {"certainty": "C"}]), "in doubt"),
        (lines_check.shipped([LINE]) + "they moved house last year\n", "note"),
    ],
)
def test_a_wheel_is_opened_and_looked_into(tmp_path, table, told):
    said = list(release.told_by(wheel_with(tmp_path, **{IN_THE_WHEEL: table}), [LINE, DOUBTFUL]))
    assert len(said) == bool(told)
    assert told in "".join(said)


def test_a_wheel_with_another_table_is_refused(tmp_path):
    table = lines_check.shipped([LINE])
    wheel = wheel_with(tmp_path, **{IN_THE_WHEEL: table, "ibasho/notes.tsv": table})
    assert list(release.told_by(wheel, [LINE]))


@pytest.mark.skipif(not (HOUSE / ".git").exists(), reason="a release is made from a repository")
def test_the_wheel_of_today_has_no_line_in_doubt_and_no_note(tmp_path):
    sdist, wheel = release.build(tmp_path)
    assert sdist.suffix == ".gz"
    assert list(release.told_by(wheel, lines_check.rows())) == []
    with zipfile.ZipFile(wheel) as opened:
        assert opened.read(IN_THE_WHEEL).decode() == lines_check.shipped(lines_check.rows())

"""What the table of lines promises: a number on a page dials, and nobody is told more than is known."""

import datetime as dt
import re

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ibasho.programme import lines
from tools import lines_check

TODAY = dt.date(2026, 11, 22)
ROWS = lines_check.rows()  # the maintainers' own, with what is in doubt and every note
SHIPPED = list(lines.read_rows(lines.table_text()))
EVERY_COUNTRY = sorted(lines.COUNTRIES)
EVERY_LINE = [
    line for iso2 in (*EVERY_COUNTRY, lines.EUROPE, lines.WORLD) for line in lines._LINES.get(iso2, ())
]
ALL_CHECKED = {line.key: lines.LineCheck(on=TODAY, by="Daniel") for line in map(lines.line_of, SHIPPED)}


def digits(text: str) -> str:
    return re.sub(r"[^0-9*#]", "", text)


def seen(iso2: str, checks: lines.Checks = lines.NO_CHECKS) -> list[lines.LineView]:
    return lines.lines_of(iso2, checks, today=TODAY)


# ── certainty (DOMAIN 7.1, 7.2) ──


def test_the_table_is_the_one_the_rules_were_written_for():
    assert len(ROWS) == 167
    assert [sum(row["certainty"] == grade for row in ROWS) for grade in "ABCD"] == [24, 60, 76, 7]
    assert {row["iso2"] for row in ROWS} - {lines.EUROPE, lines.WORLD} == set(lines.COUNTRIES)


def test_the_package_has_the_table_made_from_the_maintainers_own():
    assert lines.table_text() == lines_check.shipped(ROWS), "run tools/lines_check.py --write"
    assert len(SHIPPED) == 160


def test_a_line_in_doubt_notes_and_sources_are_in_no_package():
    shipped = {(row["iso2"], row["name"], row["number_as_dialled"]) for row in SHIPPED}
    doubtful = [row for row in ROWS if row["certainty"] == "D"]
    assert not shipped & {(row["iso2"], row["name"], row["number_as_dialled"]) for row in doubtful}
    assert not set(lines_check.FOR_MAINTAINERS) & set(lines.table_text().splitlines()[0].split("\t"))
    assert not [
        row
        for row in ROWS
        if len(note := row["maintainer_note_never_shown"]) > 3 and note in lines.table_text()
    ]


def test_a_line_in_doubt_that_found_its_way_into_the_table_stops_the_programme():
    with pytest.raises(lines.BadLine, match="an unknown certainty"):
        lines._load(lines.table_text().replace("\tA\t", "\tD\t", 1))


def test_a_line_in_doubt_is_never_available_even_when_somebody_ticks_it():
    doubtful = [lines.line_of(row | {"certainty": "C"}) for row in ROWS if row["certainty"] == "D"]
    assert len(doubtful) == 7
    ticked = {line.key: lines.LineCheck(on=TODAY, by="Daniel") for line in doubtful} | ALL_CHECKED
    available = {line.key for line in EVERY_LINE}
    available |= {view.key for iso2 in EVERY_COUNTRY for view in seen(iso2, ticked)}
    available |= {line.key for iso2 in EVERY_COUNTRY for line in lines.to_confirm(iso2)}
    assert len({line.key for line in EVERY_LINE}) == 160
    assert not available & {line.key for line in doubtful}


def test_a_line_from_hearsay_waits_until_somebody_has_looked():
    hearsay = [line for line in EVERY_LINE if line.certainty == "C"]
    assert len(hearsay) == 76
    shown = {view.key for iso2 in EVERY_COUNTRY for view in seen(iso2)}
    shown |= {view.key for view in lines.worldwide(today=TODAY)}
    assert not shown & {line.key for line in hearsay}
    welfare = next(line for line in hearsay if line.key == "IE/emergency/112-999")
    assert next(view.key for view in seen("IE", {welfare.key: ALL_CHECKED[welfare.key]})) == welfare.key


def test_a_line_read_at_its_source_is_shown_and_says_that_nobody_here_has_tried_it():
    samaritans = next(view for view in seen("GB") if view.name == "Samaritans")
    assert samaritans.checked == "Listed on 2 June 2026; not yet tried by us."


def test_a_line_that_somebody_found_wrong_is_gone():
    check = lines.LineCheck(on=TODAY, by="Daniel", right=False)
    assert "Samaritans" in [view.name for view in seen("GB")]
    assert "Samaritans" not in [view.name for view in seen("GB", {"GB/crisis/116123": check})]


def test_a_check_belongs_to_the_number_that_was_checked():
    row = next(row for row in ROWS if row["name"] == "Samaritans")
    assert lines.line_of({**row, "number_as_dialled": "116 124"}).key != lines.line_of(row).key


def test_keys_are_all_different():
    keys = [lines.line_of(row).key for row in SHIPPED]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (dt.date(2026, 11, 1), "Checked on 1 November 2026."),
        (TODAY - lines.OLD_AFTER, "Checked on 26 May 2026."),
        (TODAY - lines.OLD_AFTER - dt.timedelta(days=1), "Checked on 25 May 2026. It may have changed."),
    ],
)
def test_a_check_carries_its_day_and_grows_old_after_180_days(on, sentence):
    check = {"GB/crisis/116123": lines.LineCheck(on=on, by="Daniel")}
    assert next(view for view in seen("GB", check) if view.name == "Samaritans").checked == sentence


@pytest.mark.parametrize(
    ("listed", "sentence"),
    [
        ("", "Not yet tried by us. It may have changed."),
        ("2023", "Listed in 2023; not yet tried by us. It may have changed."),
        ("2026-08", "Listed in August 2026; not yet tried by us."),
        ("2024-09-20", "Listed on 20 September 2024; not yet tried by us. It may have changed."),
    ],
)
def test_an_unchecked_line_says_what_is_known_about_its_age(listed, sentence):
    row = next(row for row in ROWS if row["name"] == "Samaritans")
    line = lines.line_of({**row, "evidence_date": listed})
    assert lines.as_seen(line, today=TODAY).checked == sentence


def test_who_checked_a_line_stays_with_the_programme():
    assert "Daniel" not in repr([seen(iso2, ALL_CHECKED) for iso2 in EVERY_COUNTRY])


def test_notes_and_sources_for_maintainers_are_nowhere_in_what_pages_receive():
    given_out = repr(
        [seen(iso2, ALL_CHECKED) for iso2 in EVERY_COUNTRY] + [lines.worldwide(ALL_CHECKED), EVERY_LINE]
    )
    kept_back = {row[column] for row in ROWS for column in ("maintainer_note_never_shown", "source_read")}
    kept_back -= {
        "",
        *(row["web_or_chat"] for row in ROWS),
    }  # a provider's own page is source and address at once
    assert len(kept_back) > 60
    assert not [note for note in kept_back if note in given_out]
    assert not {"note", "source"} & set(lines.Line.__struct_fields__)


# ── numbers as dialled (DOMAIN 7.3, 7.4) ──


@pytest.mark.parametrize("row", SHIPPED, ids=lambda row: f"{row['iso2']}-{row['name']}")
def test_every_button_dials_the_digits_of_its_row(row):
    view = lines.as_seen(
        lines.line_of(row), {lines.line_of(row).key: ALL_CHECKED[lines.line_of(row).key]}, today=TODAY
    )
    cell = re.sub(r" (then|ext\.) [0-9]+", "", row["number_as_dialled"])
    dialled = [button.href.removeprefix("tel:").replace("%23", "#") for button in view.calls]
    assert all(button.href.startswith("tel:") for button in view.calls)
    assert "".join(dialled) == digits(cell)
    assert all(digits(button.shown) == number for button, number in zip(view.calls, dialled, strict=True))
    assert all(button.shown in row["number_as_dialled"] for button in view.calls)
    for button in view.texts:
        assert digits(button.href.removeprefix("sms:").partition("?")[0]) == digits(row["text_or_whatsapp"])
    assert not re.search(r"(tel|sms):(\+|00[1-9])", repr(view))


@pytest.mark.parametrize(
    ("cell", "hrefs"),
    [
        ("", []),
        ("3114", ["tel:3114"]),
        ("116 123", ["tel:116123"]),
        ("0800-2000", ["tel:08002000"]),
        ("112 or 999", ["tel:112", "tel:999"]),
        ("112 / 110", ["tel:112", "tel:110"]),
        ("15 / 17 / 112", ["tel:15", "tel:17", "tel:112"]),
        ("988 then 1", ["tel:988"]),
        ("119 ext. 8", ["tel:119"]),
        ("#8008", ["tel:%238008"]),
        ("*4141", ["tel:*4141"]),
        ("1553 (landline) or 0917-899-8727", ["tel:1553", "tel:09178998727"]),
        ("10111 / 10177 (112 mobile)", ["tel:10111", "tel:10177", "tel:112"]),
    ],
)
def test_the_ways_a_number_is_written_become_buttons(cell, hrefs):
    assert [lines._call(dial, "").href for dial in lines.parse_numbers(cell)] == hrefs


@pytest.mark.parametrize(
    "cell",
    [
        "+44 116 123",
        "116123 ",
        "call us",
        "112 or",
        "112 / ",
        "112/110",
        "1 (2)",
        "112 (perhaps)",
        "١١٢",
        "116\u2013123",
    ],
)
def test_a_number_nobody_can_read_stops_the_programme(cell):
    with pytest.raises(lines.BadLine):
        lines.parse_numbers(cell)


WRITTEN = st.from_regex(r"[#*]?[0-9]([0-9 -]{0,14}[0-9])?", fullmatch=True)


@given(
    st.lists(
        st.tuples(WRITTEN, st.sampled_from(["", " then 1", " ext. 8", " (mobile)"])), min_size=1, max_size=4
    ),
    st.data(),
)
def test_whatever_number_is_written_the_same_digits_are_dialled(parts, data):
    cell = "".join(
        (data.draw(st.sampled_from([" / ", " or "])) if place else "") + number + more
        for place, (number, more) in enumerate(parts)
    )
    dials = lines.parse_numbers(cell)
    assert [dial.digits for dial in dials] == [digits(number) for number, _ in parts]
    assert [dial.shown for dial in dials] == [number for number, _ in parts]


@given(st.text())
def test_any_other_text_is_declined_or_is_nothing_but_digits(text):
    try:
        dials = lines.parse_numbers(text)
    except lines.BadLine:
        return
    assert all(re.fullmatch(r"[#*]?[0-9]+", dial.digits) for dial in dials)
    assert "".join(digits(dial.shown) for dial in dials) == "".join(dial.digits for dial in dials)


@given(st.from_regex(r"[A-Z]{2,8}", fullmatch=True), WRITTEN, st.booleans())
def test_a_message_opens_with_its_word_and_its_number(word, number, unsure):
    message = lines.parse_message(f"text {word} to {number}" + " (check)" * unsure)
    assert message
    assert (message.word, message.number.digits, message.sure) == (
        word,
        digits(number),
        not unsure,
    )


def test_a_text_line_opens_a_message_with_the_word_already_in_it():
    [line] = [line for line in lines.to_confirm("US") if line.name == "Crisis Text Line"]
    [button] = lines.as_seen(line, today=TODAY).texts
    assert (button.href, button.label) == ("sms:741741?body=HOME", "Text HOME to 741741")


def test_a_text_number_that_was_only_heard_of_waits_for_a_check():
    line = next(line for line in lines.to_confirm("AU") if line.name == "Lifeline")
    assert lines.as_seen(line, today=TODAY).texts == ()
    [button] = lines.as_seen(line, ALL_CHECKED, today=TODAY).texts
    assert button.href == "sms:0477131114"


def test_what_to_do_once_somebody_answers_is_said_beside_the_button():
    [button] = next(view for view in seen("US", ALL_CHECKED) if view.for_whom == "For veterans").calls
    assert (button.href, button.then) == ("tel:988", "then press 1")


def test_several_emergency_numbers_say_which_is_which():
    view = lines.emergency_of("ZA", today=TODAY)
    assert view
    assert [(call.shown, call.what, call.then) for call in view.calls] == [
        ("10111", "Police", ""),
        ("10177", "Ambulance", ""),
        ("112", "", "from a mobile"),
    ]


def test_somebody_who_cannot_speak_finds_another_way_to_the_emergency_service():
    view = lines.emergency_of("GB", today=TODAY)
    assert view
    assert any("press 55" in remark for remark in view.remarks)
    view = lines.emergency_of("FR", today=TODAY)
    assert view
    assert [button.href for button in view.texts] == ["sms:114"]


def test_numbers_of_europe_as_a_whole_are_no_country_s_lines():
    european = {"XE/domestic_abuse/116016", "XE/victim_support/116006"}
    assert not european & {view.key for iso2 in EVERY_COUNTRY for view in seen(iso2, ALL_CHECKED)}
    assert seen("XE", ALL_CHECKED) == seen("ZZ", ALL_CHECKED) == seen("QQ", ALL_CHECKED) == []


def test_an_eu_country_without_its_own_row_is_offered_112_to_confirm():
    assert lines.to_confirm("SK")[0].key == "XE/emergency/112"
    assert lines.emergency_of("SK", today=TODAY) is None
    view = lines.emergency_of("SK", ALL_CHECKED, today=TODAY)
    assert view
    assert view.calls[0].href == "tel:112"
    assert lines.emergency_of("TR", ALL_CHECKED, today=TODAY) is None


def test_the_same_number_is_another_kind_of_line_in_another_country():
    kinds = {
        view.kind for iso2 in ("GB", "UA") for view in seen(iso2, ALL_CHECKED) if "tel:116123" in repr(view)
    }
    assert kinds == {"crisis", "domestic_abuse"}


# ── words ──


def test_lines_about_violence_say_that_the_phone_keeps_a_list_of_calls():
    for iso2 in EVERY_COUNTRY:
        for view in seen(iso2, ALL_CHECKED):
            assert bool(view.phone_log) is (view.kind in ("domestic_abuse", "victim_support"))


def test_the_emergency_comes_first_and_lines_for_everybody_before_lines_for_some():
    assert [view.kind for view in seen("US", ALL_CHECKED)] == [
        "emergency",
        "crisis",
        "crisis",
        "crisis_text",
        "domestic_abuse",
    ]
    assert [view.for_whom for view in seen("US", ALL_CHECKED)][1:3] == ["", "For veterans"]


def test_country_names_are_those_of_the_table_and_sort_as_a_reader_expects():
    table = {row["iso2"]: row["country"] for row in ROWS}
    with translation.override("en"):
        named = lines.countries()
    assert {each.iso2: each.name for each in named} == {iso2: table[iso2] for iso2 in lines.COUNTRIES}
    assert [each.iso2 for each in named][:3] == ["AR", "AU", "AT"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("iso2", "XX"),
        ("kind", "rumour"),
        ("certainty", "E"),
        ("name", ""),
        ("hours", "whenever"),
        ("for_whom", "dragons"),
        ("web_or_chat", "http://example.org/"),
        ("web_or_chat", "javascript:alert(1)"),
        ("text_or_whatsapp", "write a letter"),
        ("evidence_date", "2026-13"),
        ("evidence_date", "2026-02-30"),
        ("live_checked_on", "yesterday"),
    ],
)
def test_a_row_with_a_cell_nobody_understands_is_refused_and_named(column, cell):
    with pytest.raises(lines.BadLine, match=r"Samaritans|^GB"):
        lines.line_of({**next(row for row in ROWS if row["name"] == "Samaritans"), column: cell})


def test_a_table_with_other_columns_or_torn_rows_is_refused():
    head = "\t".join(lines.COLUMNS)
    for text in (
        "iso2\tname\nGB\tSamaritans",
        head + "\nGB\tUnited Kingdom",
        head + "\n" + "\t".join(["GB "] * 14),
    ):
        with pytest.raises(lines.BadLine):
            list(lines.read_rows(text))


# ── tools/lines_check.py, for maintainers ──


def table_with(checked_on):
    row = {**next(row for row in ROWS if row["name"] == "Samaritans"), "live_checked_on": checked_on}
    return "\t".join(lines_check.COLUMNS) + "\n" + "\t".join(row.values())


def test_a_maintainer_is_told_which_rows_nobody_ever_opened():
    told = lines_check.main([], today=TODAY)
    assert told.endswith("167 of 167 rows are due (A 24, B 60, C 76, D 7).")
    assert "never checked" in told
    assert "note: not shown on phone bills per registry" in told
    assert lines_check.main(["--count", "gb"], today=TODAY) == "8 of 8 rows are due (A 3, B 3, C 2, D 0)."


@pytest.mark.parametrize(("days", "due"), [(0, 0), (180, 0), (181, 1)])
def test_a_row_is_due_again_after_180_days(days, due):
    table = table_with((TODAY - dt.timedelta(days=days)).isoformat())
    told = lines_check.main([], today=TODAY, table=table)
    assert told.splitlines()[-1].startswith(f"{due} of 1 rows")


def test_a_row_opened_for_the_release_is_shown_with_that_day_and_the_later_check_counts():
    [row] = lines_check.rows_of(table_with("2026-11-01"))
    line = lines.line_of({**row, "certainty": "C"})
    assert lines._may_show(line, {})
    assert lines.as_seen(line, today=TODAY).checked == "Checked on 1 November 2026."
    assert lines.as_seen(line, ALL_CHECKED, today=TODAY).checked == "Checked on 22 November 2026."

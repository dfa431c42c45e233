"""Lines where a person answers, country by country, as plain data.

The table is `data/crisis_lines.tsv`; its columns are explained in DOMAIN 7. It is read once, at import,
and strictly: a cell that this module does not understand stops the programme rather than showing a number
that nobody meant. What is kept of a row is a `Line`; what a page receives is a `LineView`, made of ready
strings. It is made from the maintainers' own table in `tools/lines` by `tools/lines_check.py --write`: their
notes, their sources and every row of certainty D stay there and are in no package.

What may be seen (DOMAIN 7.2): certainty D never, since it is not here; certainty C only after a person opened
the provider's page, either for the release (`live_checked_on`) or for this programme at set-up (`LineCheck`);
A and B always, with the day on which somebody checked, or the plain sentence that nobody here has.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Literal, get_args

import msgspec
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

Kind = Literal["emergency", "crisis", "crisis_text", "domestic_abuse", "victim_support", "directory"]
Certainty = Literal["A", "B", "C"]  # D, which is in doubt, never comes this far

OLD_AFTER = dt.timedelta(days=180)  # DOMAIN 7.2
EUROPE, WORLD = "XE", "ZZ"  # rows of many countries; neither is a country that can be chosen
COLUMNS = (
    "iso2",
    "country",
    "kind",
    "name",
    "number_as_dialled",
    "hours",
    "text_or_whatsapp",
    "web_or_chat",
    "for_whom",
    "certainty",
    "evidence_date",
    "live_checked_on",
)


class BadLine(ValueError):
    """A cell of the table that nobody taught this module to read. Names the row, never shown to a visitor."""


# ── What is kept ────────────────────────────────────────────────────────────────────────────────────────


class Dial(msgspec.Struct, frozen=True):
    """One number as it is dialled in its own country (DOMAIN 7.3).

    `digits` is `shown` without spaces and dashes, and nothing else: never a country code. `then` is what to
    press or ask for once somebody answers, `only` a restriction such as "mobile", both as the table has them.
    """

    digits: str
    shown: str
    then: str = ""
    only: str = ""


class Message(msgspec.Struct, frozen=True):
    """A way to write to a line: by text message or by WhatsApp, with the word to send first, if any."""

    way: Literal["text", "whatsapp"]
    number: Dial
    word: str = ""
    sure: bool = True


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row, with its cells understood. `key` names it for as long as its numbers stay the same."""

    key: str
    iso2: str
    kind: Kind
    name: str
    numbers: tuple[Dial, ...]
    hours: str
    message: Message | None
    remark: str  # a way to write that no button can carry; a key of REMARKS
    web: str
    for_whom: str
    certainty: Certainty
    listed: str  # the day, month or year of the evidence, or nothing
    checked_on: dt.date | None  # a person opened the provider's page for the release


class LineCheck(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody of this programme looked at a line, when, and who. `right` is False where it was wrong.

    A line found wrong is not shown, whatever its certainty: a number that does not connect is worse than
    none.
    """

    on: dt.date
    by: str
    right: bool = True


class Country(msgspec.Struct, frozen=True):
    """A country or territory of the table, with its name in the reader's language."""

    iso2: str
    name: str


# ── What a page receives ────────────────────────────────────────────────────────────────────────────────


class Button(msgspec.Struct, frozen=True):
    """A link that opens the phone's dialler or a new message. `then` is said beside it, once it answers."""

    href: str
    label: str
    shown: str
    what: str = ""
    then: str = ""


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line as a page may show it: ready strings in the reader's language, and nothing to work out."""

    key: str
    kind: Kind
    name: str
    calls: tuple[Button, ...]
    texts: tuple[Button, ...]
    remarks: tuple[str, ...]
    web: str
    web_shown: str
    hours: str
    for_whom: str
    checked: str
    phone_log: str  # on lines about violence only (DOMAIN 7.7)


# ── Words for the cells ─────────────────────────────────────────────────────────────────────────────────

DAY_AND_NIGHT = _l("Day and night")
UNSURE_HOURS = _l("The hours are not certain; their own page has them.")

HOURS: Mapping[str, str | Promise] = {
    "": "",
    "24/7": DAY_AND_NIGHT,
    "24/7, check": _l("Listed as day and night; not certain."),
    "24/7 since 2020-06-01, check": _l("Listed as day and night; not certain."),
    "planned 24/7": UNSURE_HOURS,
    "check": UNSURE_HOURS,
    "check (registry says 24/7)": _l("Listed as day and night; not certain."),
    "check (night hours were at risk)": UNSURE_HOURS,
    "check (lists disagree)": UNSURE_HOURS,
    "Fri 9-13 (sources disagree)": UNSURE_HOURS,
    "limited, check": _l("Not at all hours; their own page has them."),
    "weekdays, check": _l("On weekdays; their own page has the hours."),
    "varies": _l("The hours differ from place to place."),
    "varies by province": _l("The hours differ from province to province."),
    "office hours": _l("Office hours"),
    "office hours of the local centre": _l("Office hours of the nearest centre"),
    "daily 15:00-03:00": _l("Every day, 3 in the afternoon until 3 at night"),
    "daily 16-21; 10th of month 8:00 to 11th 8:00": _l(
        "Every day from 16 to 21; on the 10th of the month from 8 in the morning until 8 the next morning"
    ),
}

FOR_WHOM: Mapping[str, str | Promise] = {
    "all": "",
    "adults": _l("For adults"),
    "women": _l("For women"),
    "men": _l("For men"),
    "women and children": _l("For women and children"),
    "women, relatives": _l("For women and those close to them"),
    "women, relatives, professionals": _l("For women, those close to them, and professionals"),
    "women, stalking victims": _l("For women, and for anyone who is being stalked"),
    "victims": _l("For anyone who was harmed"),
    "victims of crime": _l("For anyone harmed by a crime"),
    "victims of violence": _l("For anyone harmed by violence"),
    "victims of crime and domestic violence": _l("For anyone harmed by a crime or by violence at home"),
    "veterans": _l("For veterans"),
    "English speakers": _l("In English"),
    "Indigenous peoples": _l("For Indigenous peoples"),
    "Aboriginal and Torres Strait Islander people": _l("For Aboriginal and Torres Strait Islander people"),
}

REMARKS: Mapping[str, str | Promise] = {
    "911 by text in many counties": _l("In many counties you can also text 911."),
    "register for 999 BSL/emergencySMS": _l(
        "By text or in sign language: 999 BSL, and emergencySMS once registered."
    ),
    "106 (text relay)": _l("106 is the text relay."),
}

# What to do where a voice is not possible, beyond writing (DOMAIN 7.9).
WITHOUT_A_VOICE: Mapping[str, str | Promise] = {
    "GB/emergency/999": _l(
        "On a mobile, if you cannot speak: call 999, listen, and press 55 when you are asked to."
    ),
}

# Names that are words rather than names; every other name stays as its owner writes it.
NAMES: Mapping[str, str | Promise] = {
    "Emergency": _l("Emergency"),
    "Police": _l("Police"),
    "Ambulance": _l("Ambulance"),
    "Notruf": _l("Emergency"),
    "Polizei": _l("Police"),
    "Rettung": _l("Ambulance"),
    "Sanität": _l("Ambulance"),
    "Urgences": _l("Emergency"),
    "SAMU": _l("Ambulance"),
    "Carabineros": _l("Police"),
    "European emergency number": _l("Emergency"),
}

ONLY: Mapping[str, str | Promise] = {
    "mobile": _l("from a mobile"),
    "landline": _l("from a landline"),
    "AMBA": _l("in and around Buenos Aires"),
}

COUNTRIES: Mapping[str, str | Promise] = {
    "AR": _l("Argentina"),
    "AT": _l("Austria"),
    "AU": _l("Australia"),
    "BD": _l("Bangladesh"),
    "BE": _l("Belgium"),
    "BG": _l("Bulgaria"),
    "BR": _l("Brazil"),
    "CA": _l("Canada"),
    "CH": _l("Switzerland"),
    "CL": _l("Chile"),
    "CN": _l("China"),
    "CO": _l("Colombia"),
    "CZ": _l("Czech Republic"),
    "DE": _l("Germany"),
    "DK": _l("Denmark"),
    "EE": _l("Estonia"),
    "ES": _l("Spain"),
    "FI": _l("Finland"),
    "FR": _l("France"),
    "GB": _l("United Kingdom"),
    "GR": _l("Greece"),
    "HK": _l("Hong Kong"),
    "HR": _l("Croatia"),
    "HU": _l("Hungary"),
    "ID": _l("Indonesia"),
    "IE": _l("Ireland"),
    "IL": _l("Israel"),
    "IN": _l("India"),
    "IS": _l("Iceland"),
    "IT": _l("Italy"),
    "JP": _l("Japan"),
    "KE": _l("Kenya"),
    "KR": _l("South Korea"),
    "LT": _l("Lithuania"),
    "LU": _l("Luxembourg"),
    "LV": _l("Latvia"),
    "MX": _l("Mexico"),
    "MY": _l("Malaysia"),
    "NG": _l("Nigeria"),
    "NL": _l("Netherlands"),
    "NO": _l("Norway"),
    "NZ": _l("New Zealand"),
    "PH": _l("Philippines"),
    "PL": _l("Poland"),
    "PT": _l("Portugal"),
    "RO": _l("Romania"),
    "RU": _l("Russia"),
    "SE": _l("Sweden"),
    "SG": _l("Singapore"),
    "SI": _l("Slovenia"),
    "SK": _l("Slovakia"),
    "TH": _l("Thailand"),
    "TR": _l("Türkiye"),
    "TW": _l("Taiwan"),
    "UA": _l("Ukraine"),
    "US": _l("United States"),
    "ZA": _l("South Africa"),
}

# Where 112 is the emergency number whether or not the table has a row of its own for it.
EUROPEAN_UNION = frozenset(
    (
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    )
)


# ── Reading the table ───────────────────────────────────────────────────────────────────────────────────

_NUMBER = r"[#*]?[0-9](?:[0-9 -]*[0-9])?"
_CHOICE = re.compile(
    rf"(?P<number>{_NUMBER})"
    r"(?: (?P<then>then [0-9]+|ext\. [0-9]+|with national prefix))?"
    rf"(?: \((?:(?P<also>{_NUMBER}) )?(?P<only>[A-Za-z]+)\))?"
)
_MESSAGE = re.compile(
    rf"(?P<way>text|SMS|WhatsApp) (?:(?P<word>[A-Z]+) to )?(?P<number>{_NUMBER})(?P<unsure> \(check\))?"
)
_WEB = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(?:/[A-Za-z0-9._~/-]*)?")
_LISTED = re.compile(r"(?:20[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)?)?")


def parse_numbers(cell: str) -> tuple[Dial, ...]:
    """Every number of a `number_as_dialled` cell, in its order; () for an empty cell. Raises BadLine.

    Understands "116 123", "112 / 110", "112 or 999", "988 then 1", "119 ext. 8", "1553 (landline) or …" and
    "10177 (112 mobile)", which is two numbers.
    """
    if not cell:
        return ()
    dials: list[Dial] = []
    for choice in re.split(r" / | or ", cell):
        found = _CHOICE.fullmatch(choice)
        if not found or (found["only"] or "mobile") not in ONLY:
            raise BadLine(f"not a number as dialled: {cell!r}")
        only, also = found["only"] or "", found["also"]
        dials.append(_dial(found["number"], found["then"] or "", "" if also else only))
        if also:
            dials.append(_dial(also, "", only))
    return tuple(dials)


def parse_message(cell: str) -> Message | None:
    """How to write to a line; None where only words say it (REMARKS) or nothing does. Raises BadLine."""
    if not cell or cell in REMARKS:
        return None
    found = _MESSAGE.fullmatch(cell)
    if not found:
        raise BadLine(f"not a way to write: {cell!r}")
    way: Literal["text", "whatsapp"] = "whatsapp" if found["way"] == "WhatsApp" else "text"
    return Message(way, _dial(found["number"]), found["word"] or "", sure=not found["unsure"])


def _dial(shown: str, then: str = "", only: str = "") -> Dial:
    return Dial(digits=re.sub("[ -]", "", shown), shown=shown, then=then, only=only)


def read_rows(text: str, columns: tuple[str, ...] = COLUMNS) -> Iterator[dict[str, str]]:
    """Each row of a table as its cells by column, checked for shape alone. Raises BadLine."""
    head, *rows = text.splitlines()
    if tuple(head.split("\t")) != columns:
        raise BadLine("the columns of crisis_lines.tsv are not the ones this module knows")
    for place, row in enumerate(rows, start=2):
        cells = row.split("\t")
        if len(cells) != len(columns) or any(cell != cell.strip() for cell in cells):
            raise BadLine(f"row {place} does not have {len(columns)} clean cells")
        yield dict(zip(columns, cells, strict=True))


def line_of(row: Mapping[str, str]) -> Line:
    """A row understood cell by cell. Raises BadLine, naming the line and what is wrong with it."""
    try:
        return _line_of(row)
    except (BadLine, ValueError) as problem:
        raise BadLine(f"{row['iso2']} {row['name']}: {problem}") from problem


def _line_of(row: Mapping[str, str]) -> Line:
    numbers, message, web = (
        parse_numbers(row["number_as_dialled"]),
        parse_message(row["text_or_whatsapp"]),
        row["web_or_chat"],
    )
    _expect(row["iso2"] in COUNTRIES or row["iso2"] in (EUROPE, WORLD), "a country without a name")
    _expect(row["kind"] in get_args(Kind), "an unknown kind")
    _expect(row["certainty"] in get_args(Certainty), "an unknown certainty")
    _expect(row["hours"] in HOURS, "hours without words for them")
    _expect(row["for_whom"] in FOR_WHOM, "a group without words for it")
    _expect(bool(row["name"]), "no name")
    _expect(not web or bool(_WEB.fullmatch(web)), "an address that is not a plain https one")
    _expect(bool(_LISTED.fullmatch(row["evidence_date"])), "evidence_date is not a day, a month or a year")
    _expect(bool(numbers or message or web), "no way to reach it")
    if row["evidence_date"]:
        _first_day(row["evidence_date"])
    reached_by = [dial.digits for dial in numbers] + ([message.number.digits] if message else [])
    return Line(
        key=f"{row['iso2']}/{row['kind']}/{'-'.join(reached_by) or web.removeprefix('https://').strip('/')}",
        iso2=row["iso2"],
        kind=row["kind"],  # type: ignore[arg-type]  # one of Kind, expected above
        name=row["name"],
        numbers=numbers,
        hours=row["hours"],
        message=message,
        remark=row["text_or_whatsapp"] if row["text_or_whatsapp"] in REMARKS else "",
        web=web,
        for_whom=row["for_whom"],
        certainty=row["certainty"],  # type: ignore[arg-type]  # one of Certainty, expected above
        listed=row["evidence_date"],
        checked_on=dt.date.fromisoformat(row["live_checked_on"]) if row["live_checked_on"] else None,
    )


def _first_day(listed: str) -> dt.date:
    """The earliest day that "2026", "2026-08" or "2026-08-12" can mean."""
    return dt.date.fromisoformat(listed + "-01" * (2 - listed.count("-")))


def _expect(holds: bool, problem: str) -> None:
    if not holds:
        raise BadLine(problem)


def table_text() -> str:
    """The table as it stands in the package."""
    return files("ibasho.programme").joinpath("data/crisis_lines.tsv").read_text(encoding="utf-8")


def _load(text: str) -> dict[str, tuple[Line, ...]]:
    by_country: dict[str, tuple[Line, ...]] = {}
    keys: set[str] = set()
    for line in map(line_of, read_rows(text)):
        _expect(line.key not in keys, f"{line.key} stands in the table twice")
        keys.add(line.key)
        by_country[line.iso2] = (*by_country.get(line.iso2, ()), line)
    return by_country


_LINES = _load(table_text())


# ── Asking ──────────────────────────────────────────────────────────────────────────────────────────────

Checks = Mapping[str, LineCheck]
NO_CHECKS: Checks = {}
ORDER: Mapping[str, int] = {kind: place for place, kind in enumerate(get_args(Kind))}


def countries() -> list[Country]:
    """Every country and territory of the table, by its name in the reader's language."""
    return sorted(
        (Country(iso2, str(name)) for iso2, name in COUNTRIES.items()), key=lambda each: _plain(each.name)
    )


def country_name(iso2: str) -> str:
    """The country's name in the reader's language, or "" for a code the table does not have."""
    return str(COUNTRIES.get(iso2, ""))


def to_confirm(iso2: str) -> list[Line]:
    """The lines somebody of the programme confirms at set-up, emergency first."""
    return sorted(_of_country(iso2), key=lambda line: ORDER[line.kind])


def lines_of(iso2: str, checks: Checks = NO_CHECKS, *, today: dt.date | None = None) -> list[LineView]:
    """The lines of one country that may be shown, emergency first, then those for everybody.

    Rows for Europe as a whole are not the country's: a number that lives in one is dead in another (7.4).
    """
    today = today or timezone.localdate()
    shown = [line for line in _of_country(iso2) if _may_show(line, checks)]
    shown.sort(key=lambda line: (ORDER[line.kind], line.for_whom not in ("all", "adults")))
    return [_view(line, checks, today) for line in shown]


def emergency_of(iso2: str, checks: Checks = NO_CHECKS, *, today: dt.date | None = None) -> LineView | None:
    """The country's emergency numbers, or None where none may be shown yet."""
    return next((view for view in lines_of(iso2, checks, today=today) if view.kind == "emergency"), None)


def worldwide(checks: Checks = NO_CHECKS, *, today: dt.date | None = None) -> list[LineView]:
    """Directories that know lines in every country; for those this table is silent about."""
    today = today or timezone.localdate()
    return [_view(line, checks, today) for line in _LINES[WORLD] if _may_show(line, checks)]


def as_seen(line: Line, checks: Checks = NO_CHECKS, *, today: dt.date | None = None) -> LineView:
    """How a line would look to a visitor, whether or not it may be shown yet: for the one who confirms it."""
    return _view(line, checks, today or timezone.localdate())


def _of_country(iso2: str) -> list[Line]:
    if iso2 not in COUNTRIES:
        return []
    lines = list(_LINES.get(iso2, ()))
    if iso2 in EUROPEAN_UNION and not any(line.kind == "emergency" for line in lines):
        lines += [line for line in _LINES[EUROPE] if line.kind == "emergency"]
    return lines


def _may_show(line: Line, checks: Checks) -> bool:
    check = checks.get(line.key)
    if check is not None:
        return check.right
    return line.certainty in ("A", "B") or line.checked_on is not None


def _view(line: Line, checks: Checks, today: dt.date) -> LineView:
    check = checks.get(line.key)
    days = [day for day in (check.on if check else None, line.checked_on) if day]
    checked_on = max(days, default=None)
    labels = [part.strip() for part in line.name.split("/")]
    whats = [_word(NAMES, part) for part in labels] if line.kind == "emergency" else []
    texts, remarks = _ways_to_write(line, seen=checked_on is not None)
    return LineView(
        key=line.key,
        kind=line.kind,
        name=_("Emergency") if line.kind == "emergency" else _word(NAMES, line.name),
        calls=tuple(
            _call(dial, whats[place] if len(whats) > 1 and place < len(whats) else "")
            for place, dial in enumerate(line.numbers)
        ),
        texts=texts,
        remarks=remarks,
        web=line.web,
        web_shown=line.web.removeprefix("https://").removeprefix("www.").rstrip("/"),
        hours=str(HOURS[line.hours]),
        for_whom=str(FOR_WHOM[line.for_whom]),
        checked=_checked_sentence(line, checked_on, today),
        phone_log=_phone_log() if line.kind in ("domestic_abuse", "victim_support") else "",
    )


def _call(dial: Dial, what: str) -> Button:
    only = _word(ONLY, dial.only) if dial.only else ""
    match dial.then.split():
        case ["then", digits]:
            then = _("then press %(digits)s") % {"digits": digits}
        case ["ext.", digits]:
            then = _("then ask for extension %(digits)s") % {"digits": digits}
        case ["with", *_rest]:
            then = _("with the national prefix")
        case _nothing:
            then = ""
    return Button(
        href="tel:" + dial.digits.replace("#", "%23"),
        label=_("Call %(number)s") % {"number": dial.shown},
        shown=dial.shown,
        what=what,
        then=", ".join(filter(None, (only, then))),
    )


def _ways_to_write(line: Line, *, seen: bool) -> tuple[tuple[Button, ...], tuple[str, ...]]:
    """Buttons and sentences. A part the table marks "(check)" waits until the row was seen by a person."""
    remarks = [str(words) for words in (REMARKS.get(line.remark), WITHOUT_A_VOICE.get(line.key)) if words]
    message = line.message
    if message is None or not (message.sure or seen):
        return (), tuple(remarks)
    number = message.number
    if message.way == "whatsapp":  # its own link would ask a third party
        return (), (*remarks, _("WhatsApp: %(number)s") % {"number": number.shown})
    label = _("Text %(number)s")
    if message.word:
        label = _("Text %(word)s to %(number)s")
    button = Button(
        href=f"sms:{number.digits}" + (f"?body={message.word}" if message.word else ""),
        label=label % {"word": message.word, "number": number.shown},
        shown=number.shown,
    )
    return (button,), tuple(remarks)


def _checked_sentence(line: Line, checked_on: dt.date | None, today: dt.date) -> str:
    """The day of the last check, or honestly that there was none; "may have changed" when it is long ago."""
    if checked_on is not None:
        said = _("Checked on %(date)s.") % {"date": _in_words(checked_on)}
        since: dt.date | None = checked_on
    elif line.listed:
        since = _first_day(line.listed)
        said = _LISTED_WORDS[line.listed.count("-")](since)
    else:
        said, since = _("Not yet tried by us."), None
    if since is None or today - since > OLD_AFTER:
        return said + " " + _("It may have changed.")
    return said


_LISTED_WORDS: tuple[Callable[[dt.date], str], ...] = (
    lambda day: _("Listed in %(date)s; not yet tried by us.") % {"date": f"{day:%Y}"},
    lambda day: (
        _("Listed in %(date)s; not yet tried by us.")
        % {"date": formats.date_format(day, "YEAR_MONTH_FORMAT")}
    ),
    lambda day: _("Listed on %(date)s; not yet tried by us.") % {"date": _in_words(day)},
)


def _in_words(day: dt.date) -> str:
    english = (get_language() or "en").startswith("en")
    return formats.date_format(day, "j F Y" if english else "DATE_FORMAT")


def _phone_log() -> str:
    return _("A call can stay in this phone’s own list of calls, even when it is not on the bill.")


def _word(words: Mapping[str, str | Promise], part: str) -> str:
    return str(words.get(part, part))


def _plain(name: str) -> str:
    """For sorting: Österreich beside Ostafrika, not after Z."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))

"""Whatever somebody types, whatever day it is: nothing breaks, and nothing typed is lost."""

import datetime as dt
import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ibasho.programme.days import date_from
from ibasho.today import access, actions, charts, words
from ibasho.today.forms import DayForm
from ibasho.today.records import GOOD_FORMS, SIGNS, Day, TodayWishes, day_at, place_of
from ibasho.web.forms import tidy, without_unseen

ANYTHING = some.text(some.characters(), max_size=200)
CODES = some.fixed_dictionaries(
    {name: some.sampled_from(["", *codes]) for name, codes in [*SIGNS.items(), ("good_form", GOOD_FORMS)]}
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(ANYTHING)
def test_a_tidied_text_is_tidy_already(text):
    assert tidy(tidy(text)) == tidy(text)
    assert without_unseen(without_unseen(text)) == without_unseen(text)


@given(ANYTHING)
def test_nothing_unseen_is_ever_kept(text):
    kept = without_unseen(tidy(text))
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in kept)
    assert not any("\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069" for sign in kept)
    kept.encode()  # no half of a character


@given(some.text(some.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=400))
def test_letters_signs_and_spaces_always_stay(text):
    form = DayForm.read({"line": text})
    assert form.errors == {}
    assert form.typed["line"] == unicodedata.normalize("NFC", text).strip()


@given(some.dictionaries(some.sampled_from([*SIGNS, "line", "good", "good_form", "seen"]), ANYTHING))
def test_any_form_at_all_is_read_and_either_kept_or_told(post):
    form = DayForm.read(post)
    for name in SIGNS:
        assert form.typed[name] in ("", *SIGNS[name])
        assert (name in form.errors) == (post.get(name, "") not in ("", *SIGNS[name]))
    if not form.errors:
        assert isinstance(form.day, Day)
        assert DayForm.of(form.day, 3).typed == form.typed


@QUICK
@given(CODES, ANYTHING.map(tidy).map(without_unseen).map(str.strip), some.integers(0, 89))
def test_what_was_kept_comes_back_as_it_was_typed(mia, clock, codes, text, back):
    day = dt.date(2026, 11, 22) - dt.timedelta(days=back)
    record = DayForm.read(codes | {"line": text}).day
    before = access.find_day(mia, day)
    kept = actions.keep_day(mia, day=day, record=record, seen=before.version if before else 0)
    after = access.find_day(mia, day)
    assert kept == (record != Day())
    assert (after.record if after else Day()) == record
    if after:
        view = access.day_view(after)
        assert view.line == record.line
        assert len(view.answers) == sum(1 for sign in SIGNS if codes[sign])


@given(some.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 31)))
def test_a_day_and_its_place_are_the_same_thing(day):
    assert day_at(place_of(day)) == day
    assert date_from(day.isoformat()) == day
    names = words.calendar()
    assert str(day.day) in names.say_full(day)
    assert str(day.year) in names.say_full(day)


@given(some.text(max_size=12))
def test_only_a_plain_date_is_a_date(text):
    day = date_from(text)
    assert day is None or day.isoformat() == text


@QUICK
@given(some.dates(dt.date(2016, 12, 1), dt.date(2026, 11, 22)), some.sets(some.integers(0, 69), max_size=30))
def test_any_month_can_be_looked_at(mia, clock, day, backs):
    mia.set_own(TodayWishes(keep_days=0))
    view = access.month_view(mia, day.replace(day=1))
    assert sum(1 for week in view.weeks for cell in week if cell.day) in (28, 29, 30, 31)
    good = access.good_view(mia, day)
    assert good.newer == "" or good.newer > day.isoformat()


@given(some.dictionaries(some.integers(0, 69), some.integers(0, 3)))
def test_a_chart_shows_each_answer_once_and_joins_only_neighbours(points):
    picture = charts.draw("a & b", ["<low>", "b", "c", "high"], points, 70, [(0, "May")])
    assert picture.count("<circle") == len(points)
    thread = picture.partition('class="thread" d="')[2].partition('"')[0]
    assert thread.count("M") == sum(1 for day in points if day + 1 in points)
    assert "<low>" not in picture
    assert "style=" not in picture

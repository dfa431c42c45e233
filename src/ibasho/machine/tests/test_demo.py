"""What the invented programme promises: it is whole, sealed, the same every time, and gentle."""

import datetime as dt
import itertools
import re

import pytest

from ibasho import vault
from ibasho.asks import access as asks
from ibasho.circle import access as circle
from ibasho.knock import access as knock
from ibasho.machine import demo, demo_texts
from ibasho.people import access as people
from ibasho.programme import access as programme_access
from ibasho.safekeeping import access as safekeeping
from ibasho.today import access as today
from ibasho.today.records import Day, day_at
from ibasho.vault import clock, suite

KEPT = tuple(str(said.get("text") or said["title"]) for said in demo_texts.KEEPSAKES)
FRIENDS = (
    demo_texts.ASK,
    demo_texts.ASK_NOTE,
    demo_texts.SOUP,
    demo_texts.BOX,
    demo_texts.BOX_IF_TOM_GOES,
    demo_texts.BOX_LINE,
    demo_texts.TOLD,
)
TEXTS = (
    *demo_texts.LIKE,
    *demo_texts.GOT_THROUGH,
    *demo_texts.SOMEONE_SAID,
    *demo_texts.LINES,
    *KEPT,
    *FRIENDS,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The invented programme, made once for all of these; and everything that then lies on the disk."""
    place, before = tmp_path_factory.mktemp("demo"), vault.current()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suite, "ARGON_MEMORY_KIB", 64)
        patch.setattr(suite, "ARGON_PASSES", 1)
        patch.setattr(clock, "now", dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC).timestamp)
        cast = demo.make_demo(place / "data", place / "run")
        yield cast, b"\0".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    vault.current().close()
    vault.core._open = before


@pytest.fixture
def filled(made):
    return made[0]


def test_twelve_invented_people_can_sign_in_each_in_their_role(filled):
    cast = filled
    assert cast == demo.cast()
    assert len({name for name, _, _ in cast}) == 12
    assert {"facilitator", "helper", "member"} == {role for _, role, _ in cast}
    for name, role, words in cast:
        space = vault.open_door(words)
        assert (people.profile(space).name, people.profile(space).roles) == (name, (role,))
        assert len(words.split()) == (vault.DOOR_WORDS if role == "member" else vault.HELPER_WORDS)


def test_each_of_them_wrote_for_four_months_and_left_gaps(filled):
    for person in demo.PEOPLE:
        days = [day_at(kept.id) for kept in vault.open_door(person.words).every(Day)]
        assert 40 < len(days) < demo.DAYS
        assert max(days) == dt.date(2026, 11, 21) or person.silence > 0
        assert min(days) >= dt.date(2026, 7, 25)
        assert max(b - a for a, b in itertools.pairwise(days)) > dt.timedelta(days=1)


def test_today_is_left_for_whoever_tries_it(filled):
    for person in demo.PEOPLE:
        assert today.find_day(vault.open_door(person.words), dt.date(2026, 11, 22)) is None


def test_friends_did_for_mia_what_friends_do(filled):
    """Two evenings are taken, Tom keeps a box, Aya answered a line, and a message to her waits."""
    words = {name: said for name, _, said in filled}
    mia, aya, tom = (vault.open_door(words[name]) for name in ("Mia", "Aya", "Tom"))
    (ask,) = asks.own_asks(mia)
    assert [slot.by for slot in ask.slots if slot.taken] == ["Aya", "Tom"]
    assert [slot.line for slot in ask.slots if slot.line] == [demo_texts.SOUP]
    (thing,) = safekeeping.things(mia)
    assert (thing.label, thing.of_circle.name, thing.of_circle.state) == (
        demo_texts.BOX,
        "Tom",
        "has",
    )
    assert [kept.called for kept in safekeeping.keeping(tom)] == [demo_texts.BOX]
    assert safekeeping.keeping(aya) == []
    assert (knock.knock_of(mia).state, knock.knock_of(mia).first.name) == ("on", "Aya")
    assert [(told.name, told.line, told.answer) for told in circle.told(mia)] == [
        ("Aya", demo_texts.TOLD, "I am calling now")
    ]


def test_the_same_day_gives_the_same_people_the_same_days():
    for person in demo.PEOPLE:
        until = dt.date(2026, 11, 22)
        assert list(demo.days_of(person, until)) == list(demo.days_of(person, until))
    lives = [tuple(record for _, record in demo.days_of(person, until)) for person in demo.PEOPLE]
    assert len(set(lives)) == len(demo.PEOPLE)


def test_nothing_that_they_wrote_is_readable_on_the_disk(filled, made):
    there = made[1]
    written = {one.record.line for person in demo.PEOPLE for one in vault.open_door(person.words).every(Day)}
    assert len(written) > 30
    for text in (*TEXTS, *(words for _, _, words in demo.cast())):
        assert text.encode() not in there


def test_the_programme_is_open_and_claims_no_look_at_any_line(filled):
    """DOMAIN 7.2: only a person who looked may say that somebody looked."""
    assert programme_access.is_open()
    now = programme_access.programme()
    assert now.lines_checked == {}
    assert programme_access.missing(now) == ["lines_checked"]


def test_what_they_like_is_varied_and_nobody_is_told_off():
    """DOMAIN 2.4, 2.7: nothing about how anybody hurts themselves, and nothing that counts days."""
    goods = {*demo_texts.LIKE, *demo_texts.GOT_THROUGH, *demo_texts.SOMEONE_SAID}
    assert len(goods) >= 80
    assert len(set(TEXTS)) == len(TEXTS)
    never = r"\b(cut myself|overdose|blade|rope|bridge|pill\b|streak|score|in a row|should have|lazy)\b"
    assert [text for text in TEXTS if re.search(never, text, re.IGNORECASE) or "!" in text] == []


def test_nobody_quotes_themselves():
    for person in demo.PEOPLE:
        for _day, record in demo.days_of(person, dt.date(2026, 11, 22)):
            assert person.name not in record.line + record.good


def test_only_mia_is_asked_about_urges_and_nothing_heavier_than_a_passing_one_is_shown():
    marked = {
        (person.name, record.urges)
        for person in demo.PEOPLE
        for _day, record in demo.days_of(person, dt.date(2026, 11, 22))
        if record.urges
    }
    assert {name for name, _ in marked} == {"Mia"}
    assert {code for _, code in marked} <= {"none", "passing"}


def test_whoever_made_it_is_told_that_the_words_are_no_secret(capsys, tmp_path):
    demo.say_words(tmp_path)
    said = capsys.readouterr().out
    assert "invented" in said
    assert "never write anything true" in said
    for name, role, words in demo.cast():
        assert name in said
        assert role in said
        assert words in said


def test_mia_keeps_a_few_things_that_can_be_looked_at(filled):
    from ibasho.keepsakes import access as keepsakes

    mia = vault.open_door(next(words for name, _, words in filled if name == "Mia"))
    mine = keepsakes.keepsakes_of(mia)
    assert [one.text or one.title for one in mine] == list(KEPT)
    (picture,) = (one for one in mine if one.sort == "picture")
    assert keepsakes.picture_of(mia, picture.id).startswith(b"\xff\xd8\xff")

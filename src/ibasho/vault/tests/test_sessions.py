"""What sessions promise (VAULT 2; DOMAIN 5.4)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ibasho import vault
from ibasho.vault import core, sessions
from ibasho.vault.tests.test_space import Note

WORDS = "veranda teapot lantern kettle meadow willow"


def rows(programme):
    return list((programme.run / "sessions").iterdir())


def test_a_cookie_opens_the_space_of_whoever_signed_in(mia, aya, clock):
    mia.keep(Note(text="mine"), at="2026-11/01")
    mias, ayas = sessions.start(mia, WORDS), sessions.start(aya, WORDS)
    assert sessions.resume(mias).space.read(Note, "2026-11/01").record.text == "mine"
    assert sessions.resume(ayas).space.find(Note, "2026-11/01") is None
    assert not sessions.resume(mias).locked


@pytest.mark.parametrize("cookie", ["", "x", "A" * 75, "é" * 75, "A" * 5000, "!" * 75, "=" * 75])
def test_a_cookie_that_was_never_given_opens_nothing(programme, cookie):
    assert sessions.resume(cookie) is None
    assert sessions.unlock(cookie, "veranda") is False
    assert sessions.leave(cookie) is False
    assert sessions.binding(cookie) == b"" or len(cookie) == 75


def test_attack_19_rows_and_cookie_open_nothing_after_a_restart(mia, programme):
    cookie = sessions.start(mia, WORDS)
    vault.configure(programme.data, programme.run)  # the same files, a new master process
    assert rows(programme)
    assert sessions.resume(cookie) is None


def test_the_row_alone_says_nothing_and_opens_nothing(mia, programme):
    cookie = sessions.start(mia, WORDS)
    (row,) = rows(programme)
    held = row.read_bytes() + row.name.encode()
    assert mia._root not in held
    assert cookie.encode() not in held
    assert b"veranda" not in held


def test_a_row_that_was_tampered_with_opens_nothing(mia, programme):
    cookie = sessions.start(mia, WORDS)
    (row,) = rows(programme)
    raw = bytearray(row.read_bytes())
    raw[-1] ^= 1
    row.write_bytes(raw)
    assert sessions.resume(cookie) is None
    row.write_bytes(b"")
    assert sessions.resume(cookie) is None
    sessions.sweep()
    assert rows(programme) == []


def test_a_row_of_another_session_does_not_open_with_this_cookie(mia, aya, programme):
    cookie = sessions.start(mia, WORDS)
    (mias,) = rows(programme)
    sessions.start(aya, WORDS)
    (ayas,) = (row for row in rows(programme) if row != mias)
    mias.write_bytes(ayas.read_bytes())
    assert sessions.resume(cookie) is None


def test_after_two_minutes_one_word_is_asked_for(mia, clock):
    cookie = sessions.start(mia, WORDS)
    clock.forward(115)
    assert not sessions.resume(cookie).locked
    clock.forward(131)
    assert sessions.resume(cookie).locked
    assert sessions.resume(cookie).locked  # asking does not unlock
    assert not sessions.unlock(cookie, "teapot")
    assert sessions.resume(cookie).locked
    assert sessions.unlock(cookie, " Veranda ")
    assert not sessions.resume(cookie).locked


@pytest.mark.parametrize(
    "typed", ["Veranda, teapot", " VERANDA.", "1. veranda 2. teapot", "ｖｅｒａｎｄａ teapot"]
)
def test_a_word_typed_like_the_others_at_the_door_unlocks(mia, clock, typed):
    cookie = sessions.start(mia, typed)
    clock.forward(300)
    assert sessions.unlock(cookie, "veranda")
    clock.forward(300)
    assert sessions.unlock(cookie, typed)


def test_a_row_that_is_being_written_is_not_swept_away(mia, programme):
    sessions.start(mia, WORDS)
    half = programme.run / "sessions" / ".unfinished"
    half.write_bytes(b"")
    sessions.sweep()
    assert half.exists()
    assert sessions.count(mia) == 1


def test_a_cookie_has_one_spelling(mia):
    cookie = sessions.start(mia, WORDS)
    assert sessions.resume(cookie[:-1] + ("B" if cookie[-1] != "B" else "C")) is None


def test_three_wrong_words_end_a_locked_session(mia, clock):
    cookie = sessions.start(mia, WORDS)
    clock.forward(300)
    assert [sessions.unlock(cookie, word) for word in ("teapot", "", "nothing")] == [False] * 3
    assert sessions.resume(cookie) is None
    assert not sessions.unlock(cookie, "veranda")


def test_guessing_with_many_hands_at_once_gives_no_more_than_three_tries(mia, clock):
    cookie = sessions.start(mia, WORDS)
    clock.forward(300)
    wrong = ["teapot"] * 20
    with ThreadPoolExecutor(8) as hands:
        assert not any(hands.map(lambda word: sessions.unlock(cookie, word), wrong))
    assert not sessions.unlock(cookie, "veranda")


def test_a_word_does_not_lift_a_session_that_is_over(mia, clock):
    cookie = sessions.start(mia, WORDS)
    clock.forward(17 * 60)
    assert not sessions.unlock(cookie, "veranda")
    assert sessions.resume(cookie) is None


def test_a_right_word_gives_all_three_tries_back(mia, clock):
    cookie = sessions.start(mia, WORDS)
    for _ in range(3):
        sessions.unlock(cookie, "teapot")
        sessions.unlock(cookie, "teapot")
        assert sessions.unlock(cookie, "veranda")


@pytest.mark.parametrize(("minutes", "ends_after"), [(15, 15), (3, 3), (30, 30), (1, 3), (99, 30)])
def test_attack_41_an_open_tab_closes_itself(mia, clock, minutes, ends_after):
    cookie = sessions.start(mia, WORDS, idle_minutes=minutes)
    clock.forward(ends_after * 60 - 5)
    assert sessions.resume(cookie) is not None
    clock.forward(ends_after * 60 + 65)
    assert sessions.resume(cookie) is None
    clock.forward(-300)
    assert sessions.resume(cookie) is None  # it is gone, not only refused


def test_a_session_in_use_stays_open_but_never_past_four_hours(mia, clock):
    cookie = sessions.start(mia, WORDS)
    for _ in range(239):
        clock.forward(60)
        assert not sessions.resume(cookie).locked
    clock.forward(65)
    assert sessions.resume(cookie) is None


def test_a_clock_that_goes_back_ends_the_session(mia, clock):
    cookie = sessions.start(mia, WORDS)
    clock.forward(-100)
    assert sessions.resume(cookie) is not None
    clock.forward(-200)
    assert sessions.resume(cookie) is None


def test_attack_42_a_stolen_cookie_is_dead_after_leaving(mia, programme):
    cookie = sessions.start(mia, WORDS)
    assert sessions.leave(cookie)
    assert sessions.resume(cookie) is None
    assert rows(programme) == []
    assert not sessions.leave(cookie)


def test_leaving_asks_for_fresh_workers(mia, programme):
    cookie = sessions.start(mia, WORDS)
    assert not (programme.run / "renew").exists()
    sessions.leave(cookie)
    assert (programme.run / "renew").exists()


def test_attack_48_signing_in_gives_a_new_secret_and_kills_the_old_one(mia):
    first = sessions.start(mia, WORDS)
    second = sessions.start(mia, WORDS, old_cookie=first)
    assert first != second
    assert sessions.resume(first) is None
    assert sessions.resume(second) is not None


def test_leave_everywhere_ends_all_sessions_of_one_person_only(mia, aya):
    here, there, hers = (sessions.start(person, WORDS) for person in (mia, mia, aya))
    assert sessions.count(mia) == 2
    assert sessions.leave_everywhere(mia, except_cookie=here) == 1
    assert sessions.resume(there) is None
    assert sessions.resume(here) is not None
    assert sessions.resume(hers) is not None
    assert sessions.leave_everywhere(mia) == 1
    assert sessions.count(mia) == 0


def test_a_browser_knows_who_sat_here_before_without_saying_it(mia, aya, clock):
    cookie = sessions.start(mia, WORDS)
    other = sessions.start(mia, WORDS)
    assert sessions.same_person(cookie, mia)
    assert not sessions.same_person(cookie, aya)
    assert not sessions.same_person("", mia)
    assert cookie[-32:] != other[-32:]  # two cookies of one person have nothing in common
    assert len(sessions.binding(cookie)) == 32
    assert sessions.binding(cookie) != sessions.binding(other)


def test_the_sweep_removes_what_is_over_and_leaves_the_rest(mia, aya, clock, programme):
    sessions.start(mia, WORDS, idle_minutes=3)
    stays = sessions.start(aya, WORDS, idle_minutes=30)
    clock.forward(10 * 60)
    sessions.sweep()
    assert len(rows(programme)) == 1
    assert sessions.resume(stays) is not None
    clock.forward(4 * 3600 + 1)
    sessions.sweep()
    assert rows(programme) == []


def test_every_row_is_for_its_owner_only(mia, programme):
    sessions.start(mia, WORDS)
    (row,) = rows(programme)
    assert row.stat().st_mode & 0o077 == 0
    assert row.parent.stat().st_mode & 0o077 == 0
    assert core.current().data.stat().st_mode & 0o077 == 0

"""What the words promise (VAULT 1.1; attack 51)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibasho import vault
from ibasho.vault import words


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_list_is_long_enough_and_says_each_word_once(language):
    listed = words.LISTS[language]
    assert len(listed) >= words.SMALLEST_LIST
    assert len(set(listed)) == len(listed)
    assert all(word == words.clean_words(word) for word in listed[::97])


def test_six_words_carry_at_least_77_bits():
    assert words.DOOR_WORDS * math.log2(min(map(len, words.LISTS.values()))) > 77
    assert words.INVITATION_WORDS * math.log2(words.SMALLEST_LIST) > 64


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("count", [5, 6, 7, 8])
def test_new_words_are_drawn_from_their_list(language, count):
    drawn = vault.new_words(count, language).split(" ")
    assert len(drawn) == count
    assert set(drawn) <= set(words.LISTS[language])


@pytest.mark.parametrize(
    "typed",
    [
        "Veranda  Teapot lantern",
        " veranda, teapot, lantern. ",
        "1. veranda 2. teapot 3. lantern",
        "VERANDA\nteapot\tlantern",
        "ｖｅｒａｎｄａ teapot lantern",
    ],
)
def test_slips_of_the_hand_are_forgiven(typed):
    assert vault.clean_words(typed) == "veranda teapot lantern"


def test_words_with_a_hyphen_stay_whole():
    assert vault.clean_words("Yo-yo t-shirt") == "yo-yo t-shirt"


def test_a_word_on_no_list_is_named_by_its_place_only():
    with pytest.raises(vault.BadWords) as refused:
        vault.clean_words("veranda teapott lantern")
    assert refused.value.position == 2
    assert "teapott" not in str(refused.value)


@pytest.mark.parametrize(
    "typed", ["", "   ", "\0", "veranda " * 40, "x" * 100_000, "\ud800 veranda", "abart teapot"]
)
def test_what_cannot_be_words_is_refused_before_any_work_is_done(typed, monkeypatch):
    monkeypatch.setattr("ibasho.vault.suite.stretch", lambda *_, **__: pytest.fail("Argon2 was run"))
    with pytest.raises(vault.BadWords):
        vault.clean_words(typed)


@given(st.text(max_size=300))
def test_any_text_is_either_words_or_refused(text):
    try:
        clean = vault.clean_words(text)
    except vault.BadWords:
        return
    assert vault.clean_words(clean) == clean

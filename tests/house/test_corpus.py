"""The letters we wrote ourselves can be read, and hold what their card says (SCREENING 2)."""

import re
from collections import Counter

import pytest

from screening.corpus import CORPUS, LABELS, Unreadable, voice_of, voices

HEAD = "voice: x-trial\nwho: somebody\nenglish: British\nmanner: plain\n\n"


@pytest.fixture(scope="module")
def written():
    return voices()


def letters_of(written):
    return [(voice.name, letter) for voice in written for letter in voice.letters]


def test_every_label_is_carried_in_many_voices_and_every_voice_has_both_kinds(written):
    voices_with = Counter(
        label
        for voice in written
        for label in frozenset().union(*(letter.labels for letter in voice.letters))
    )
    assert all(voices_with[label] >= len(written) // 3 for label in LABELS), voices_with
    for voice in written:
        harmful = sum(bool(letter.labels) for letter in voice.letters)
        assert 0.25 < harmful / len(voice.letters) < 0.75, voice.name


def test_no_letter_is_written_twice(written):
    """A letter that stands in two voices would stand on both sides of a split by voice."""
    times = Counter(re.sub(r"\W+", " ", letter.text.casefold()).strip() for _, letter in letters_of(written))
    assert [text for text, count in times.items() if count > 1] == []


def test_nobody_can_be_reached_by_what_a_letter_says(written):
    """Addresses, mail and telephone numbers in it are nobody's: there are none."""
    reached = re.compile(r"https?://|www\.|\S@\S|\+?\d[\d \-]{8,}\d")
    assert [name for name, letter in letters_of(written) if reached.search(letter.text)] == []


def test_its_card_says_how_much_there_is(written):
    card = (CORPUS / "README.md").read_text(encoding="utf-8")
    letters = letters_of(written)
    harmful = sum(bool(letter.labels) for _, letter in letters)
    assert f"{len(written)} voices, {len(letters):,} letters, {harmful:,} of them with a label" in card


def test_a_letter_is_read_with_its_labels_pair_series_and_facts():
    text = HEAD + (
        "== mail theme=court pair=2 series=1 facts=date,practical\n"
        "The hearing is on the 14th. \n"
        "I know how you go home. [T,C]\n"
        "\n"
        "== mail theme=court pair=2\n"
        "The hearing is on the 14th.\n"
    )
    sent, plain = voice_of("x-trial", text).letters
    assert sent.text == "The hearing is on the 14th. I know how you go home."
    assert (sent.labels, sent.facts) == (frozenset("TC"), frozenset({"date", "practical"}))
    assert (sent.pair, sent.series) == (2, 1)
    assert (plain.labels, plain.series, plain.facts) == (frozenset(), None, frozenset())


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("== mail theme=a\nYou. [Q]\n", id="a label nobody knows"),
        pytest.param("== mail theme=a\nYou [T] there.\n", id="a label inside a sentence"),
        pytest.param("== mail theme=a\n[T]\n", id="a label without a sentence"),
        pytest.param("== mail theme=a\n", id="a letter without a sentence"),
        pytest.param("== pigeon theme=a\nYou.\n", id="a way to write that nobody knows"),
        pytest.param("== mail\nYou.\n", id="no theme"),
        pytest.param("== mail theme=a facts=court\nYou.\n", id="a fact nobody knows"),
        pytest.param("== mail theme=a colour=red\nYou.\n", id="a word nobody knows"),
        pytest.param("== mail theme=a pair=one\nYou.\n", id="a pair without a number"),
        pytest.param("You.\n", id="no line about the letter"),
        pytest.param(
            "== mail theme=a pair=1\nYou.\n\n== mail theme=a pair=1\nThey.\n", id="two that do not hurt"
        ),
        pytest.param("== mail theme=a pair=1\nYou. [T]\n", id="one of a pair"),
    ],
)
def test_a_file_that_is_not_of_this_form_is_refused(broken):
    with pytest.raises(Unreadable, match="x-trial"):
        voice_of("x-trial", HEAD + broken)


def test_a_voice_says_whose_it_is():
    with pytest.raises(Unreadable, match="first four lines"):
        voice_of("y-trial", HEAD + "== mail theme=a\nYou.\n")

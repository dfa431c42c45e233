"""A tally: a phone's half and the vault's. It says whether something is still wanted, and nothing else."""

import pytest

from ibasho import vault
from ibasho.vault import Record
from ibasho.vault.store import Op

HOLDS, OVER, GONE = vault.Wanted.HOLDS, vault.Wanted.OVER, vault.Wanted.GONE


class Listed(Record, kind="listed", version=1):
    """Something kept elsewhere."""

    label: str = ""


def cut(space, clock, *, days=30):
    token = vault.new_token()
    until = int(clock.now()) + days * 86_400
    vault.cut_tally(space, Listed(label="old phone"), "phones/a", token=token, until=until)
    return token


def test_a_tally_holds_until_its_day_and_not_after_it(mia, clock):
    token = cut(mia, clock)
    assert vault.tally_says(token) is HOLDS
    clock.forward(30 * 86_400)
    assert vault.tally_says(token) is HOLDS
    clock.forward(1)
    assert vault.tally_says(token) is OVER


def test_a_clock_that_was_ahead_and_is_right_again_has_ended_nothing(mia, clock):
    token = cut(mia, clock)
    clock.forward(365 * 86_400)
    assert vault.tally_says(token) is OVER
    clock.forward(-365 * 86_400)
    assert vault.tally_says(token) is HOLDS


@pytest.mark.parametrize("wrong", [b"", b"\0" * 32, b"x" * 31, b"x" * 4000])
def test_a_token_nobody_was_given_holds_nothing(wrong, mia, clock):
    cut(mia, clock)
    assert vault.tally_says(wrong) is GONE


def test_one_bit_of_another_token_holds_nothing(mia, clock):
    token = cut(mia, clock)
    assert vault.tally_says(bytes([token[0] ^ 1]) + token[1:]) is GONE


def test_ending_it_takes_the_record_and_the_box_and_another_person_cannot(mia, aya, clock):
    token = cut(mia, clock)
    with pytest.raises(vault.NotFound):
        vault.end_tally(aya, Listed, "phones/a", vault.tally_id(token))
    assert vault.tally_says(token) is HOLDS
    vault.end_tally(mia, Listed, "phones/a", vault.tally_id(token))
    assert vault.tally_says(token) is GONE
    assert list(mia.every(Listed)) == []
    assert vault.tallies_there([vault.tally_id(token)]) == set()


def test_other_words_end_every_tally_and_leave_no_box_of_one(mia, clock):
    token = cut(mia, clock)
    vault.change_words(mia, vault.new_words())
    assert vault.tally_says(token) is GONE
    assert vault.tallies_there([vault.tally_id(token)]) == set()


def test_erasing_everything_ends_every_tally(mia, clock):
    token = cut(mia, clock)
    vault.burn(mia)
    assert vault.tally_says(token) is GONE
    assert vault.tallies_there([vault.tally_id(token)]) == set()


def test_in_the_database_a_tally_looks_like_one_more_record_beside_its_list(mia, clock, programme):
    token = cut(mia, clock)
    (row,) = programme.store.rows("SELECT shelf, body FROM box WHERE id = ?", (vault.tally_id(token),))
    beside = programme.store.rows("SELECT id, body FROM box WHERE shelf = ?", (row[0],))
    assert len(beside) == 3  # the record, the head of its chapter, and this
    assert len(row[1]) == min(len(body) for _, body in beside)


def test_the_database_does_not_say_which_token_a_box_belongs_to_and_a_changed_box_opens_for_none(
    mia, clock, programme, every_byte_on_disk
):
    token, other = cut(mia, clock), vault.new_token()
    assert token not in every_byte_on_disk()
    swapped = Op("UPDATE box SET id = ? WHERE id = ?", (vault.tally_id(other), vault.tally_id(token)))
    programme.store.commit([swapped])
    assert vault.tally_says(other) is GONE
    assert vault.tally_says(token) is GONE


def test_without_the_pepper_a_token_finds_nothing(mia, clock, monkeypatch):
    token = cut(mia, clock)
    found = vault.tally_id(token)
    monkeypatch.setattr(type(vault.current()), "secret", lambda self, purpose: bytes(32))
    assert vault.tally_id(token) != found
    assert vault.tally_says(token) is GONE

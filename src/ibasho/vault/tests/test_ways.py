"""What ways promise (VAULT 1.6): together, and nobody alone; a part for one request, and no other."""

import datetime as dt
import itertools

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibasho import vault
from ibasho.vault import suite, ways
from ibasho.vault.identity import seal_to
from ibasho.vault.tests.test_sharing import befriend
from ibasho.vault.tests.test_space import again

NO_WAIT = dt.timedelta(0)
PAIR = [(0, 1)]


def two_of(number):
    return list(itertools.combinations(range(number), 2))


@st.composite
def permitted(draw):
    """Two to six people, and sets of two or three of them, each person in at least one."""
    number = draw(st.integers(2, 6))
    pool = [*itertools.combinations(range(number), 2), *itertools.combinations(range(number), 3)]
    sets = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=20, unique=True))
    met = sorted({seat for one in sets for seat in one})
    return [tuple(met.index(seat) for seat in one) for one in sets]


@given(permitted(), st.binary(max_size=600), st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_exactly_the_people_who_may_open_it_together_do(sets, secret, data):
    way, parts = vault.make_way(secret, sets)
    there = data.draw(st.sets(st.integers(0, len(parts) - 1)))
    some = [part for part in parts if part.seat in there]
    if any(set(one) <= there for one in sets):
        assert vault.open_way(way, some) == secret
    else:
        with pytest.raises(vault.NotGranted):
            vault.open_way(way, some)


def test_any_two_of_six_is_fifteen_ways_and_three_of_six_twenty():
    assert len(vault.make_way(b"x", two_of(6))[0].sealed) == 15
    assert len(vault.make_way(b"x", itertools.combinations(range(6), 3))[0].sealed) == 20


@pytest.mark.parametrize("sets", [[], [(0,)], [(0, 0)], [(0, 1, 2, 3)], [(0, 7)], two_of(7)])
def test_a_way_that_one_person_could_go_alone_or_too_many_hold_is_not_made(sets):
    with pytest.raises(ValueError, match=r"seats|together"):
        vault.make_way(b"secret", sets)


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=20)
def test_attack_34_one_part_and_a_guess_open_nothing(guess):
    way, parts = vault.make_way(b"the code", two_of(3))
    for mine, other in itertools.permutations(range(3), 2):
        with pytest.raises(vault.NotGranted):
            vault.open_way(way, [parts[mine]])
        with pytest.raises(vault.NotGranted):
            vault.open_way(way, [parts[mine], msgspec.structs.replace(parts[other], key=guess)])
        with pytest.raises(vault.NotGranted):  # one's own part twice
            vault.open_way(way, [parts[mine], msgspec.structs.replace(parts[mine], seat=other)])


def test_parts_of_a_way_that_was_made_anew_do_not_open_the_next():
    _, old = vault.make_way(b"before", PAIR)
    way, new = vault.make_way(b"after", PAIR)
    for parts in (old, [old[0], new[1]], [msgspec.structs.replace(part, way=way.id) for part in old]):
        with pytest.raises(vault.NotGranted):
            vault.open_way(way, parts)
    assert vault.open_way(way, [*new, *old]) == b"after"  # what is left of the old one is not in the way


def test_a_sealing_for_one_pair_moved_to_another_pair_stays_shut():
    way, parts = vault.make_way(b"secret", two_of(3))
    moved = vault.Way(way.id, {"0.1": way.sealed["0.2"], "0.2": way.sealed["0.1"]})
    for seats in ((0, 1), (0, 2)):
        with pytest.raises(vault.NotGranted):
            vault.open_way(moved, [parts[seat] for seat in seats])


@pytest.fixture
def pair(mia, aya, clock):
    """Mia asks, Aya keeps. Each as the other knows them."""
    ayas, mias = befriend(mia, aya, "Aya")
    return ayas.id, mias.id


@pytest.fixture
def part():
    """What Aya has of a way."""
    return vault.make_way(b"secret", PAIR)[1][1]


def test_mia_gets_the_part_aya_gave_and_nothing_else_of_hers(mia, aya, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    assert part.key not in handed.sealed
    assert vault.take_part(mia, pair[0], request, handed) == part


def test_attack_35_a_part_given_for_one_request_is_refused_for_another(mia, aya, pair, part):
    first, second = vault.ask_for_parts(NO_WAIT), vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], first, part)
    with pytest.raises(vault.NotGranted):
        vault.take_part(mia, pair[0], second, handed)


def test_attack_35_nobody_gives_a_part_in_a_keepers_name(mia, aya, tom, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    reader = vault.contact(aya, pair[1]).public
    forged = ways._give(tom.identity, reader, request, part)
    with pytest.raises(vault.NotGranted):
        vault.take_part(mia, pair[0], request, forged)


def test_attack_35_a_part_is_for_the_one_who_asked(mia, aya, tom, pair, part):
    """What Aya gave Mia, Tom cannot open; nor can it be sealed anew for him in Aya's name."""
    toms, _ = befriend(tom, aya, "Aya")
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    with pytest.raises(vault.NotGranted):
        vault.take_part(tom, toms.id, request, handed)
    content = mia.identity.open_padded(handed.sealed, ways._envelope(mia.identity.public))
    anew = seal_to(tom.identity.public, suite.pad(content), ways._envelope(tom.identity.public))
    with pytest.raises(vault.NotGranted):
        vault.take_part(tom, toms.id, request, vault.Given(handed.way, handed.seat, anew))


def test_attack_35_a_keepers_word_for_one_part_carries_no_other(mia, aya, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    content = mia.identity.open_padded(handed.sealed, ways._envelope(mia.identity.public))
    other = suite.pad(bytes(32) + content[32:])
    anew = seal_to(mia.identity.public, other, ways._envelope(mia.identity.public))
    with pytest.raises(vault.NotGranted):
        vault.take_part(mia, pair[0], request, msgspec.structs.replace(handed, sealed=anew))


@pytest.mark.parametrize("changed", [{"way": bytes(16)}, {"seat": 0}])
def test_a_part_cannot_be_passed_off_as_one_of_another_way_or_seat(mia, aya, pair, part, changed):
    request = vault.ask_for_parts(NO_WAIT)
    handed = msgspec.structs.replace(vault.give_part(aya, pair[1], request, part), **changed)
    with pytest.raises(vault.NotGranted):
        vault.take_part(mia, pair[0], request, handed)


def test_a_part_altered_on_the_way_is_refused(mia, aya, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    for place in (0, len(handed.sealed) // 2, len(handed.sealed) - 1):
        broken = bytearray(handed.sealed)
        broken[place] ^= 1
        with pytest.raises(vault.NotGranted):
            vault.take_part(mia, pair[0], request, msgspec.structs.replace(handed, sealed=bytes(broken)))


def test_nothing_is_given_before_the_wait_is_over_nor_after_three_days(aya, pair, part, clock):
    request = vault.ask_for_parts(dt.timedelta(hours=24))
    clock.forward(24 * 3600 - 1)
    with pytest.raises(vault.TooSoon):
        vault.give_part(aya, pair[1], request, part)
    clock.forward(1)
    vault.give_part(aya, pair[1], request, part)
    clock.forward(72 * 3600)
    vault.give_part(aya, pair[1], request, part)
    clock.forward(1)
    with pytest.raises(vault.RequestOver):
        vault.give_part(aya, pair[1], request, part)


def test_what_was_given_in_time_and_lay_too_long_is_refused(mia, aya, pair, part, clock):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    clock.forward(72 * 3600 + 1)
    with pytest.raises(vault.RequestOver):
        vault.take_part(mia, pair[0], request, handed)


def test_mia_may_have_changed_her_words_meanwhile(mia, aya, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    moved = vault.change_words(mia, vault.new_words())
    assert vault.take_part(moved, pair[0], request, handed) == part


def test_a_stranger_is_neither_asked_nor_given_anything(mia, aya, pair, part):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    with pytest.raises(vault.NotFound):
        vault.give_part(aya, "nobody", request, part)
    with pytest.raises(vault.NotFound):
        vault.take_part(again(mia), "nobody", request, handed)


def test_no_part_can_be_read_where_something_is_printed(pair, part, aya):
    request = vault.ask_for_parts(NO_WAIT)
    handed = vault.give_part(aya, pair[1], request, part)
    way, _ = vault.make_way(b"zebra-canary", PAIR)
    for one in (part, request, handed, way):
        assert "***" in repr(one)
        assert len(repr(one)) < 20

"""Attack 17: what remains in memory of somebody who left. Nothing, within seconds, in any process."""

import os
import secrets
import signal
import time

import pytest

from tests.support.house import open_programme, up
from tests.support.person import Person, until
from tests.support.traces import in_memory

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the memory of a process")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    open_programme(data)
    with up(data) as house:
        yield house


def somebody(house, name):
    person = Person(house.address, f"{name}{secrets.token_hex(6)}")
    person.join(house.invite())
    return person


def write(person):
    """Write a day, and give every needle that is now somewhere."""
    said = [f"line{secrets.token_hex(8)}", f"good{secrets.token_hex(8)}"]
    assert person.check_in(line=said[0], good=said[1], mood="low").status == 200
    assert said[0] in person.own_day().text
    return [text.encode() for text in (*said, *needles_of(person))]


def needles_of(person):
    words = person.words.split()
    spoken = [" ".join(words), "+".join(words), " ".join(words[:3]), "+".join(words[-3:])]
    return [person.name, *spoken, person.cookies["__Host-k"], person.cookies["__Host-k"][:40]]


def found_in(house, needles):
    total = dict.fromkeys(needles, 0)
    for pid in house.family():
        for needle, count in in_memory(pid, needles).items():
            total[needle] += count
    return total


def test_nothing_of_somebody_who_left_is_in_any_process(house):
    mia, aya = somebody(house, "Mia"), somebody(house, "Aya")
    needles = write(mia)
    assert sum(found_in(house, needles).values()) > 0  # so we know that we would find it
    mia.leave()
    left = time.monotonic()
    assert until(lambda: not any(found_in(house, needles).values()), seconds=12), found_in(house, needles)
    print(f"{len(needles)} needles gone {time.monotonic() - left:.1f} s after leaving")
    assert aya.name in aya.home().text


@pytest.mark.slow
def test_nothing_is_left_of_somebody_who_only_closed_the_lid(house):
    """Nobody left, nobody asked for anything: the workers' age alone clears it within a minute or so."""
    tom = somebody(house, "Tom")
    needles = write(tom)
    assert any(found_in(house, needles).values())
    assert until(lambda: not any(found_in(house, needles).values()), seconds=75, every=2)
    assert tom.name in tom.home().text


def test_an_invitation_that_was_used_is_in_no_memory(house):
    words = house.invite()
    Person(house.address, "Mia").join(words)
    needles = [words.encode(), words.replace(" ", "+").encode()]
    os.kill(house.master, signal.SIGHUP)
    assert until(lambda: not any(found_in(house, needles).values()), seconds=12)

"""Two people take the same slot at the same moment, on each kind of database: one has it, the other is told kindly."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ibasho import vault
from ibasho.asks import access, actions
from ibasho.asks.days import every_day, slots_of
from ibasho.asks.records import Taken
from ibasho.asks.tests.people import again, asked_for, be_ally, only, own
from ibasho.programme.days import today
from ibasho.vault import core
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)

TIMES = 200


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def programme(request, tmp_path):
    before = vault.current()
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        with fresh_database(server, tmp_path.name) as url:
            yield from opened(tmp_path, url)
    else:
        yield from opened(tmp_path, url)
    core._open = before


def opened(place, url):
    made = vault.configure(place / "data", place / "run", url, make=True)
    yield made
    made.store.close()
    made.lifelines.close()


def side_by_side(count):
    """So many threads, and a way to let them do one thing each at the same moment."""
    pool = ThreadPoolExecutor(count)
    gate = threading.Barrier(count, timeout=20)

    def at_once(*acts):
        def when_all_are_there(act):
            gate.wait()
            try:
                return act()
            except actions.SomebodyWasFaster as error:
                return error

        return list(pool.map(when_all_are_there, acts))

    return pool, at_once


def many_slots():
    days = every_day(today(), today() + dt.timedelta(days=27))
    return slots_of(days, ["morning", "evening"], None)


@pytest.mark.slow
def test_two_people_take_the_same_slot_at_the_same_moment_two_hundred_times(mia, aya, tom):
    contacts = [be_ally(mia, aya, "Aya"), be_ally(mia, tom, "Tom")]
    pool, at_once = side_by_side(2)
    rounds, first = 0, {"Aya": 0, "Tom": 0}
    with pool:
        while rounds < TIMES:
            ask = asked_for(again(mia), contacts, slots=many_slots())
            view, done = only(aya), []
            for slot in view.slots[: TIMES - rounds]:

                def taking(who, ask=view.id, key=slot.key):
                    return lambda: actions.take(again(who), ask, slot=key)

                answers = at_once(taking(aya), taking(tom))
                told = [isinstance(answer, actions.SomebodyWasFaster) for answer in answers]
                assert sorted(told) == [False, True]
                done.append("Tom" if told[0] else "Aya")
                first[done[-1]] += 1
            rounds += len(done)
            assert [slot.by for slot in own(mia, ask).slots[: len(done)]] == done
            for who, name in ((aya, "Aya"), (tom, "Tom")):
                mine = [number for number, slot in enumerate(only(who).slots) if slot.mine]
                assert mine == [number for number, taker in enumerate(done) if taker == name]
                assert len(list(again(who).chapter(Taken, "taken"))) >= len(mine)
            assert access.otherwise(again(aya)) == access.otherwise(again(tom)) == []
            actions.end(again(mia), ask)
            for who in (aya, tom):
                for kept in list(again(who).chapter(Taken, "taken")):
                    actions.understood(again(who), key=kept.id.partition("/")[2])
    assert rounds == TIMES
    assert sum(first.values()) == TIMES


def test_different_slots_at_the_same_moment_cost_nobody_theirs(mia, aya, tom, daniel):
    people = {"Aya": aya, "Tom": tom, "Daniel": daniel}
    ask = asked_for(mia, [be_ally(mia, who, name) for name, who in people.items()], slots=many_slots())
    pool, at_once = side_by_side(len(people) + 1)
    view = only(aya)
    keys = [slot.key for slot in view.slots]
    dropped = []
    with pool:
        for number in range(0, 30, 4):
            acts = [
                (lambda who=who, key=key: actions.take(again(who), view.id, slot=key))
                for who, key in zip(people.values(), keys[number:], strict=False)
            ]
            dropped.append(keys[number + 3])
            answers = at_once(*acts, lambda key=dropped[-1]: actions.drop_slot(again(mia), ask, slot=key))
            assert answers == [None] * 4
    slots = {slot.key: slot.by for slot in own(mia, ask).slots}
    for number in range(0, 30, 4):
        assert [slots[key] for key in keys[number : number + 3]] == list(people)
    assert not set(dropped) & set(slots)


def test_somebody_who_takes_while_another_is_let_out_has_it(mia, aya, tom):
    """Sealed anew in the middle of a write: nothing is lost, and nobody is told that it is not needed."""
    ayas, toms = be_ally(mia, aya, "Aya"), be_ally(mia, tom, "Tom")
    pool, at_once = side_by_side(2)
    with pool:
        for _ in range(12):
            ask = asked_for(member := again(mia), [ayas, toms], slots=many_slots()[:2])
            view = only(tom)

            def takes(view=view):
                actions.take(again(tom), view.id, slot=view.slots[0].key)
                return access.otherwise(again(tom))

            answers = at_once(takes, lambda ask=ask: actions.let_out(again(mia), ask, person=ayas.id))
            assert answers == [[], None]
            assert [slot.by for slot in own(member, ask).slots] == ["Tom", ""]
            actions.end(again(mia), ask)
            for told in access.otherwise(again(tom)):
                actions.understood(again(tom), key=told.key)

"""The clock that nobody can set: what is counted, and what begins all waiting anew (DOMAIN 3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ibasho.vault import running
from ibasho.vault.running import LONGEST_GAP, Reading, beat

FIRST = beat(None, Reading(1_000_000.0, 50.0, "a"))


def then(before, wall, up, boot="a", stopped=False):
    """One more beat, so many seconds on by the calendar and by the other clock."""
    last = before.last
    return beat(
        before,
        Reading(last.wall + wall, up if boot != last.boot else last.since_boot + up, boot),
        stopped=stopped,
    )


def test_what_runs_is_counted():
    assert then(then(FIRST, 30, 30), 30, 30).ran == 60


def test_a_start_of_the_programme_loses_nothing_and_one_of_the_machine_counts_nothing():
    assert then(FIRST, 600, 600).ran == 600
    after = then(then(FIRST, 600, 600), 600, 20.0, "b")
    assert (after.ran, after.epoch) == (600, FIRST.epoch)


@pytest.mark.parametrize(
    ("wall", "up", "boot", "why"),
    [
        (901, 901, "a", "down"),
        (901, 20.0, "b", "down"),
        (-1, 20.0, "b", "down"),
        (30 + 901, 30, "a", "jumped"),
        (30 - 901, 30, "a", "jumped"),
        (365 * 86_400, 30, "a", "jumped"),
    ],
)
def test_an_outage_and_a_jump_begin_all_waiting_anew(wall, up, boot, why):
    after = then(FIRST, wall, up, boot)
    assert (after.epoch, after.why, after.since) == (FIRST.epoch + 1, why, FIRST.last.wall + wall)


def test_a_calendar_that_is_pushed_on_a_little_at_a_time_is_seen_too():
    after = FIRST
    for _ in range(4):
        after = then(after, 30 + 299, 30)
    assert after.epoch == FIRST.epoch + 1


def test_a_stop_begins_all_waiting_anew_when_it_ends():
    stopped = then(then(FIRST, 30, 30, stopped=True), 30, 30, stopped=True)
    assert stopped.epoch == FIRST.epoch
    assert then(stopped, 30, 30).epoch == FIRST.epoch + 1


@given(st.lists(st.tuples(st.floats(-1e8, 1e8), st.floats(0, 4 * 3600), st.sampled_from("aab")), max_size=30))
def test_never_is_more_counted_than_the_other_clock_went_on(steps):
    """Whatever a host does to the calendar, and however often the machine is started."""
    house, most, boot = FIRST, 0.0, "a"
    for number, (wall, up, same) in enumerate(steps):
        last = house.last
        if same == "b":
            boot = f"b{number}"
            house = beat(house, Reading(last.wall + wall, up, boot))
        else:
            house = beat(house, Reading(last.wall + wall, last.since_boot + up, boot))
            most += up if up <= LONGEST_GAP else 0.0
        assert house.ran <= most + 1e-3


def test_it_is_kept_across_processes_and_forgotten_with_its_file(programme, clock, monkeypatch):
    monkeypatch.setattr("ibasho.vault.clock.since_boot", lambda: clock.now())
    first = running.keep_beat(programme)
    clock.forward(600)
    assert running.keep_beat(programme).ran == 600
    assert running.read(programme).ledger == first.ledger
    running.begin_anew(programme)
    assert running.keep_beat(programme).ledger != first.ledger


def test_the_real_clocks_can_be_read():
    now = running.read_clocks()
    assert now.since_boot > 0
    assert len(now.boot) == 36

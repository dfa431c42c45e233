"""What stands between the house and a flood (VAULT 4.2-4.5; attacks 50, 51)."""

import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest

from ibasho import vault
from ibasho.vault import throttle

HERE = "192.0.2.17"


class Wrong(Exception):
    """Somebody typed something else."""


def fail(address=HERE, error=Wrong):
    with pytest.raises(error), vault.Tries(address):
        raise error


def refused(address=HERE):
    with pytest.raises(vault.TooManyTries), vault.Tries(address):
        pytest.fail("a try was let through")


def test_ten_failed_tries_are_enough_for_ten_minutes(programme, clock):
    for _ in range(10):
        fail()
    refused()
    refused("192.0.2.99")  # the same network
    refused("::ffff:192.0.2.5")  # written as some machines write it
    for other in ("192.0.3.17", "2001:db8:1::1"):
        fail(other)
    clock.forward(600)
    fail()


def test_people_who_get_in_use_up_nobodys_tries(programme, clock):
    for _ in range(30):
        with vault.Tries(HERE):
            pass
        fail(error=vault.Busy)  # nor do those who find the door too busy
        fail(error=vault.BadWords)  # or whose spelling slipped: nothing was tried
        fail(error=vault.BadTicket)  # or whose page stood open since yesterday
    for _ in range(10):
        fail()
    refused()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "", "not an address"]
)
def test_where_nobody_can_be_told_apart_one_stranger_does_not_shut_the_door_for_all(programme, address):
    """An onion address: everybody comes from this machine. The two slots bound the guesses."""
    for _ in range(throttle.TRIES + 3):
        fail(address)
    assert not (programme.run / "tries").exists()


def test_one_network_does_not_take_all_the_places_at_the_door(programme):
    with ExitStack() as stack:
        for _ in range(throttle.MOST_OF_ONE):
            stack.enter_context(vault.Tries(HERE))
        with pytest.raises(vault.Busy), vault.Tries("192.0.2.99"):
            pytest.fail("a ninth of one network stood at the door")
        with vault.Tries("192.0.3.1"):
            pass
    with vault.Tries(HERE):
        pass
    assert not throttle._trying


def test_no_address_is_written_anywhere_and_old_counts_go(programme, clock):
    for _ in range(5):
        fail()
        clock.forward(600)
    places = sorted(programme.run.joinpath("tries").iterdir())
    assert len(places) == 2
    written = b"".join(path.name.encode() + path.read_bytes() for place in places for path in place.iterdir())
    assert HERE.encode() not in written
    assert bytes([192, 0, 2]) not in written
    assert {path.read_bytes() for place in places for path in place.iterdir()} == {b"\0"}
    names = {path.name for place in places for path in place.iterdir()}
    assert len(names) == 2  # the same network has another name in each epoch


def test_two_at_once_stretch_words_and_the_third_waits(programme, monkeypatch):
    gate, inside, most = threading.Event(), [], []

    def slow(*_, **__):
        inside.append(1)
        most.append(len(inside))
        gate.wait(20)
        inside.pop()
        return bytes(64)

    monkeypatch.setattr("ibasho.vault.suite.stretch", slow)
    monkeypatch.setattr(throttle, "LONGEST_WAIT", 60)
    threads = [
        threading.Thread(target=throttle.stretched, args=(programme, "abacus", "door")) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    while len(inside) < throttle.SLOTS and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    assert len(inside) == throttle.SLOTS == 2
    gate.set()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_attack_50_who_waits_too_long_is_told_when_to_come_back(programme, monkeypatch):
    gate, inside = threading.Event(), threading.Semaphore(0)

    def slow(*_, **__):
        inside.release()
        gate.wait(20)
        return bytes(64)

    monkeypatch.setattr("ibasho.vault.suite.stretch", slow)
    holders = [
        threading.Thread(target=throttle.stretched, args=(programme, "abacus", "door"))
        for _ in range(throttle.SLOTS)
    ]
    for thread in holders:
        thread.start()
        assert inside.acquire(timeout=20)
    monkeypatch.setattr(throttle, "LONGEST_WAIT", 0.1)
    with pytest.raises(vault.Busy) as refused:
        throttle.stretched(programme, "abacus", "door")
    assert refused.value.status == 503
    assert refused.value.retry_after > 0
    gate.set()
    for thread in holders:
        thread.join()


def test_attack_50_the_room_at_the_door_is_bounded(programme, monkeypatch):
    monkeypatch.setattr(throttle, "_waiting", threading.BoundedSemaphore(1))
    throttle._waiting.acquire()
    for come in (lambda: throttle.stretched(programme, "abacus", "door"), lambda: vault.wait_at_the_door(0)):
        with pytest.raises(vault.Busy):
            come()
    throttle._waiting.release()
    vault.wait_at_the_door(0)
    monkeypatch.undo()


def test_a_form_ticket_is_good_once(programme, clock):
    ticket = vault.seal_ticket({}, "sign-in", 10)
    vault.use_once(ticket)
    with pytest.raises(vault.BadTicket):
        vault.use_once(ticket)
    vault.use_once(vault.seal_ticket({}, "sign-in", 10))
    clock.forward(3600)
    with pytest.raises(vault.BadTicket):
        vault.use_once(ticket)
    for _ in range(3):
        clock.forward(3600)
        vault.use_once(vault.seal_ticket({}, "sign-in", 10))
    assert len(list(programme.run.joinpath("used").iterdir())) == 2


# Tickets ---------------------------------------------------------------------------------------


def test_a_ticket_brings_back_what_was_sealed_and_shows_nothing(programme, clock):
    ticket = vault.seal_ticket({"line": "zebra-canary", "path": "/n/abc"}, "draft", 60)
    assert "zebra" not in ticket
    assert vault.open_ticket(ticket, dict[str, str], "draft") == {"line": "zebra-canary", "path": "/n/abc"}
    clock.forward(90)
    assert vault.ticket_age(ticket, "draft") == 90


def test_what_is_in_a_ticket_cannot_be_told_from_its_length(programme):
    short, long = (vault.seal_ticket([line], "draft", 60) for line in ("no", "yes, " * 30))
    assert len(short) == len(long)
    nothing = vault.seal_ticket("", "sign-in", 60)
    assert len(nothing) < 160
    assert vault.open_ticket(nothing, str, "sign-in") == ""


def test_a_ticket_survives_a_restart_but_no_other_pepper(programme, tmp_path):
    ticket = vault.seal_ticket([1], "draft", 60)
    vault.configure(programme.data, programme.run)
    assert vault.open_ticket(ticket, list[int], "draft") == [1]
    vault.configure(tmp_path / "other", tmp_path / "other-run", make=True)
    with pytest.raises(vault.BadTicket):
        vault.open_ticket(ticket, list[int], "draft")


def test_a_ticket_is_refused_when_it_is_old_altered_or_meant_for_something_else(programme, clock):
    ticket = vault.seal_ticket([1], "draft", 60, bound_to=b"here")
    assert vault.open_ticket(ticket, list[int], "draft", b"here") == [1]
    flipped = ticket[:40] + ("A" if ticket[40] != "A" else "B") + ticket[41:]
    wrong: list[tuple[str, Any, str, bytes]] = [
        (ticket, list[int], "join", b"here"),
        (ticket, list[int], "draft", b"there"),
        (ticket, list[int], "draft", b""),
        (ticket, dict[str, str], "draft", b"here"),
        (flipped, list[int], "draft", b"here"),
        (ticket[:-4], list[int], "draft", b"here"),
        ("", list[int], "draft", b"here"),
        ("é", list[int], "draft", b"here"),
        ("A" * ((1 << 20) + 1), list[int], "draft", b"here"),
        ("====", list[int], "draft", b"here"),
        (ticket[:9] + "!!!!" + ticket[9:], list[int], "draft", b"here"),  # what a lenient decoder overlooks
        (ticket + "=", list[int], "draft", b"here"),
    ]
    for text, type_, purpose, bound in wrong:
        with pytest.raises(vault.BadTicket):
            vault.open_ticket(text, type_, purpose, bound)
    clock.forward(3601)
    with pytest.raises(vault.BadTicket):
        vault.open_ticket(ticket, list[int], "draft", b"here")
    clock.forward(-3601 - 200)
    with pytest.raises(vault.BadTicket):
        vault.open_ticket(ticket, list[int], "draft", b"here")

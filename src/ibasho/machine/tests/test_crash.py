"""Power cuts and full disks: what was kept stays kept, whole, and people are told in kind words (VAULT 5)."""

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from tests.support.house import environment, ibasho, open_programme, up
from tests.support.person import Person, until

ROUNDS = 15

_LOOK = """
import sys
from pathlib import Path
from ibasho import vault
from ibasho.machine.opened import opened
from ibasho.today.records import Day
with opened(Path(sys.argv[1])):
    space = vault.open_door(sys.argv[2])
    for kept in space.every(Day):
        print(kept.record.line, kept.record.good)
"""


def looked_at(data, words):
    """What a fresh process finds behind these words, box by box."""
    order = [sys.executable, "-c", _LOOK, str(data), words]
    done = subprocess.run(order, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.slow
def test_workers_that_are_killed_while_somebody_writes_leave_everything_whole(tmp_path):
    """A day is written again and again; every acknowledged writing is there, and both of its halves agree."""
    data = tmp_path / "data"
    open_programme(data)
    with up(data) as house:
        mia = Person(house.address, "Mia", timeout=10)
        mia.join(house.invite())
        mia.check_in(line="0", good="0")
        acknowledged, tried, stop = [0], [0], threading.Event()

        def write():
            while not stop.is_set():
                tried.append(tried[-1] + 1)
                try:
                    page = mia.own_day()
                    if page.status == 200 and "line" in page.form("line").fields:
                        answer = mia.fill(page.form("line"), line=str(tried[-1]), good=str(tried[-1]))
                        if answer.status == 200:
                            acknowledged.append(tried[-1])
                except (OSError, AssertionError):
                    time.sleep(0.05)  # nobody answered just now

        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(ROUNDS):
            time.sleep(0.1 + secrets.randbelow(300) / 1000)
            before = house.workers()
            for worker in before:
                os.kill(worker, signal.SIGKILL)
            assert until(lambda before=before: house.workers() and set(house.workers()).isdisjoint(before))
        time.sleep(0.5)
        stop.set()
        writer.join()
        line = mia.own_day().form("line").fields
        assert line["line"] == line["good"]
        assert int(line["line"]) >= acknowledged[-1]
    assert len(acknowledged) > ROUNDS
    (found,) = looked_at(data, mia.words)
    assert found.split()[0] == found.split()[1]
    assert int(found.split()[0]) >= acknowledged[-1]
    with closing(sqlite3.connect(data / "ibasho.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of three mebibytes."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "none", str(place)]
    if subprocess.run(order, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_on_a_full_disk_people_are_told_kindly_and_lose_nothing(small_disk):
    data = small_disk / "data"
    open_programme(data)
    with up(data) as house:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        mia.leave()
        mia.come_in()
        mia.check_in(line="before", good="before")
        page = mia.own_day()
        with (small_disk / "filling").open("wb", buffering=0) as filling:
            try:
                while filling.write(bytes(4096)):
                    pass
            except OSError:
                pass
        answer = mia.fill(page.form("line"), line="too much" * 60, good="too much")
        assert answer.status == 503
        assert answer.form("line").fields["line"] == "too much" * 60  # nothing that was typed is lost
        assert mia.own_day().form("line").fields["line"] == "before"
        other = Person(house.address, "Mia", words=mia.words)
        page = other.come_in()
        assert page.status == 200, page  # a full disk keeps nobody from reading
        assert other.is_in()
        (small_disk / "filling").unlink()
        assert mia.fill(mia.own_day().form("line"), line="after", good="after").status == 200
        assert mia.own_day().form("line").fields["line"] == "after"
    assert looked_at(data, mia.words) == ["after after"]


def test_a_disk_that_is_full_is_said_by_check(small_disk):
    data = small_disk / "data"
    open_programme(data)
    done = ibasho("check", "--data", data)
    assert done.returncode == 1
    assert "The disk is nearly full" in done.stdout

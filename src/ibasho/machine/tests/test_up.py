"""A programme that is up: who stays in, who does not, and that nobody's page is dropped on the way."""

import datetime as dt
import http.client
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from ibasho.machine import up as keeping
from ibasho.machine.places import Declined
from tests.support.house import children, free_port, ibasho, open_programme, up
from tests.support.person import Browser, Person, until


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One programme for this module, with open doors."""
    data = tmp_path_factory.mktemp("house") / "data"
    open_programme(data)
    with up(data) as house:
        yield house


def test_copies_that_grew_too_old_while_the_machine_was_off_go_when_it_is_on_again(tmp_path):
    (away := tmp_path / "away").mkdir()
    now = dt.datetime.now(dt.UTC)
    for part, days in (("main", 31), ("lifelines", 8), ("main", 20), ("lifelines", 6)):
        (away / f"ibasho-{now - dt.timedelta(days=days):%Y%m%dT%H%M%SZ}.{part}.age").touch()
    with up(tmp_path / "data", IBASHO_BACKUP=str(away)):
        kept = sorted(path.name.split(".")[1] for path in away.iterdir())
    assert kept == ["lifelines", "main"]


def test_the_first_one_joins_writes_and_comes_back(house):
    assert "Nobody has joined yet" in house.said
    daniel = Person(house.address, "Daniel")
    daniel.join(house.first_invitation)
    page = daniel.check_in(line="The kettle sang", mood="steady")
    assert page.status == 200, page
    daniel.leave()
    assert not daniel.is_in()
    assert "Come in" in daniel.open("/").text
    daniel.come_in()
    assert daniel.is_in()
    assert "The kettle sang" in daniel.own_day().text


def test_everybody_stays_in_while_the_workers_are_renewed(house):
    mia, aya = Person(house.address, "Mia"), Person(house.address, "Aya")
    mia.join(house.invite())
    aya.join(house.invite())
    before = house.workers()
    mia.leave()
    assert until(lambda: set(house.workers()).isdisjoint(before), seconds=20)
    assert "Aya" in aya.home().text
    assert "Mia." not in mia.open("/").text


def test_everybody_stays_in_when_every_worker_is_killed(house):
    aya = Person(house.address, "Aya")
    aya.join(house.invite())
    before = house.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    assert until(lambda: house.workers() and set(house.workers()).isdisjoint(before))

    def is_in():
        try:
            return "Aya" in aya.home().text
        except OSError:
            return False  # it died while it was asked

    assert until(is_in)


def test_no_page_is_dropped_while_the_workers_are_renewed(house):
    """Fresh connections from four browsers, a renewal each second."""
    stop = threading.Event()
    failed: list[object] = []
    loaded: list[object] = []

    def load():
        browser = Browser(house.address, timeout=10)
        while not stop.is_set():
            try:
                answer = browser.ask("GET", "/help")
                (loaded if answer.status == 200 else failed).append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                failed.append(repr(error))

    browsers = [threading.Thread(target=load) for _ in range(4)]
    for browser in browsers:
        browser.start()
    for _ in range(4):
        time.sleep(1)
        os.kill(house.master, signal.SIGHUP)
    time.sleep(1)
    stop.set()
    for browser in browsers:
        browser.join()
    print(f"{len(loaded)} pages over fresh connections during 4 renewals, {len(failed)} failed")
    assert failed == []
    assert len(loaded) > 100


def test_a_browser_that_keeps_its_connection_is_not_cut_off(house):
    connection = http.client.HTTPConnection(house.address, timeout=10)
    connection.request("GET", "/help")
    assert connection.getresponse().read()
    os.kill(house.master, signal.SIGHUP)
    time.sleep(0.3)
    connection.request("GET", "/help")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("Connection") == "close"
    connection.close()


def test_a_second_programme_stands_beside_the_first(house, tmp_path):
    open_programme(tmp_path / "other")
    with up(tmp_path / "other") as other:
        assert other.run != house.run
        tom = Person(other.address, "Tom")
        tom.join(other.first_invitation)
        stranger = Person(house.address, "Tom", words=tom.words)
        stranger.come_in()
        assert not stranger.is_in()
        stolen = Browser(house.address)
        stolen.cookies = dict(tom.cookies)
        assert "Come in" in stolen.open("/").text


def test_a_folder_of_data_is_served_once(house):
    again = ibasho("up", "--bind", f"127.0.0.1:{free_port()}", "--data", house.data)
    assert again.returncode == 1
    assert "up already" in again.stderr


def test_a_taken_address_is_said_in_one_sentence(house, tmp_path):
    again = ibasho("up", "--bind", house.address, "--data", tmp_path / "new")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "--bind" in again.stderr


@pytest.mark.slow
def test_who_stops_in_the_middle_of_a_request_gets_nothing_and_holds_nobody_up(house):
    """More half requests than there are threads; each is let go after ten seconds of silence."""
    host, port = house.address.split(":")
    half = [socket.create_connection((host, int(port)), timeout=20) for _ in range(50)]
    for one in half:
        one.sendall(b"GET /help HTTP/1.1\r\nHost: ")
    begun = time.monotonic()
    assert Browser(house.address, timeout=25).open("/help").status == 200
    assert time.monotonic() - begun < 15
    for one in half:
        one.close()


def test_what_cannot_be_read_is_answered_and_not_repeated(house):
    host, port = house.address.split(":")
    for sent, status in (
        (b"zebra-canary\r\n\r\n", b"400"),
        (b"GET /zebra-canary HTTP/9.9\r\n\r\n", b"400"),
        (b"GET /" + b"zebra-canary" * 400 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: " + b"zebra-canary" * 800 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nzebra canary: 1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: zebra\r\n\r\n", b"400"),
    ):
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(sent)
            answer = raw.recv(4096)
        assert answer.startswith(b"HTTP/1.1 " + status), answer
        assert b"no-store" in answer
        assert b"zebra" not in answer
    assert "zebra-canary" not in house.said  # one of the words that invitations are made of is zebra


def test_a_programme_that_is_stopped_leaves_nothing_in_memory_and_lets_nobody_back_in(tmp_path):
    data = tmp_path / "data"
    open_programme(data)
    port = free_port()
    with up(data, port=port) as house:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        run = house.run
        family = house.family()
        assert run.is_dir()
        assert house.stop() == 0
    assert not run.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in family)
    with up(data, port=port):
        assert "Come in" in mia.open("/").text
        mia.come_in()
        assert "Mia" in mia.home().text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_every_way_of_stopping_is_a_clean_one(tmp_path, number):
    with up(tmp_path / "data") as house:
        run = house.run
        assert house.stop(number) == 0
    assert not run.exists()


def test_nobody_serves_on_when_the_keeper_is_killed(tmp_path):
    with up(tmp_path / "data") as house:
        family = house.family()
        run = house.run
        house.process.kill()
        house.process.wait()
        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), seconds=15)
    assert run.exists()  # in memory; the next start empties it
    with up(tmp_path / "data") as again:
        assert again.run == run
        assert not list((run / "sessions").iterdir())


def test_a_server_that_ends_by_itself_ends_the_programme(tmp_path):
    with up(tmp_path / "data") as house:
        os.kill(house.master, signal.SIGKILL)
        assert house.process.wait(20) == 1


def test_the_first_invitation_is_not_written_into_a_journal(tmp_path):
    with up(tmp_path / "data", JOURNAL_STREAM="8:1") as house:
        assert "ibasho invite facilitator" in house.said
        assert "    " not in house.said


def test_an_invitation_that_is_open_already_is_not_given_twice(tmp_path):
    with up(tmp_path / "data") as house:
        assert house.first_invitation
    with up(tmp_path / "data") as house:
        assert house.said.count("first facilitator's invitation") == 1
        assert "New words: ibasho invite" in house.said


def test_every_process_keeps_its_memory_to_itself(house):
    """Attack 18: no core file, private files; a worker that could be dumped would not have begun."""
    for pid in house.family():
        limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        (core,) = [line for line in limits if line.startswith("Max core file size")]
        assert core.split()[4:6] == ["0", "0"]
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        (mask,) = [line for line in status if line.startswith("Umask")]
        assert mask.split()[1] == "0077"
    assert house.run.stat().st_mode & 0o777 == 0o700
    assert len(children(house.master)) >= 1


# What needs no processes -------------------------------------------------------------------------


def test_a_renewal_follows_a_note_at_once_but_not_more_often_than_each_five_seconds():
    renewal = keeping.Renewal(last=100.0)
    assert not renewal.due(100.3, note=False)
    assert not renewal.due(101.0, note=True)
    assert not renewal.due(104.9, note=False)
    assert renewal.due(105.0, note=False)
    assert not renewal.due(105.3, note=False)
    assert not renewal.due(164.9, note=False)
    assert renewal.due(165.0, note=False)
    assert renewal.due(171.0, note=True)


def test_the_work_of_the_night_is_done_at_night_or_when_a_day_was_missed(tmp_path, clock):
    stamp = tmp_path / "maintained"

    def due(**later):
        return keeping.night_work_is_due(stamp, clock.at + dt.timedelta(**later))

    assert not due()  # a new programme begins its first day
    os.utime(stamp, (clock.at.timestamp(), clock.at.timestamp()))
    assert clock.at.hour == 9
    assert not due(hours=1)
    assert not due(hours=14)
    assert not due(hours=17)
    assert not due(hours=19)
    assert due(hours=42, minutes=30)  # three at night, 42 hours later
    assert due(hours=27)
    assert due(days=-1)  # the clock went back


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.168.1.5:80", "[::]:8000"])
def test_words_do_not_travel_in_the_clear(bind, tmp_path, monkeypatch):
    monkeypatch.delenv("IBASHO_HTTPS", raising=False)
    with pytest.raises(Declined, match="https"):
        keeping.up(bind, tmp_path / "data", 1, 8)


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1", "127.0.0.1:http"])
def test_an_address_is_an_address(bind, tmp_path, monkeypatch):
    monkeypatch.setenv("IBASHO_HTTPS", "1")
    with pytest.raises(Declined, match="not an address"):
        keeping.up(bind, tmp_path / "data", 1, 8)


def test_sqlite_is_written_by_one_process(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(Declined, match="one process"):
        keeping.up("127.0.0.1:8000", tmp_path / "data", 2, 8)

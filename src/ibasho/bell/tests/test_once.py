"""Nothing is rung twice: whoever is killed in between, and however many servers ring (decision 0015)."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from ibasho import vault
from ibasho.bell import access, actions
from ibasho.bell.queue import ring_what_is_due
from ibasho.bell.sending import Outcome
from ibasho.bell.tests.test_bell import Sender, rows, turned_on
from ibasho.vault import core
from tests.support.house import environment
from tests.support.postgres import fresh_database, postgres  # noqa: F401 (a fixture)

# A process that rings, writes down what it sent, and may be cut off in the middle.
_RINGER = """
import os, signal, sys, time
from pathlib import Path
data, run, url, kept, dies = sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
from ibasho import vault
vault.configure(Path(data), Path(run), url)
import django; django.setup()
from ibasho.bell import queue
from ibasho.bell.sending import Outcome
handle = os.open(kept, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def send(channel, text, path, cover):
    if dies == "before": os.kill(os.getpid(), signal.SIGKILL)
    os.write(handle, (path + "\\n").encode())
    if dies == "after": os.kill(os.getpid(), signal.SIGKILL)
    return Outcome.TAKEN
print("ready", flush=True)
sys.stdin.readline()
until = time.monotonic() + 20
while time.monotonic() < until and vault.current().store.value("SELECT count(*) FROM ring"):
    queue.ring_what_is_due(send)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request, tmp_path):
    """A programme on one database, then on the other; and its DATABASE_URL."""
    before = vault.current()
    if request.param == "sqlite":
        made, url = vault.configure(tmp_path / "data", tmp_path / "run", make=True), ""
        yield made, url
    else:
        with fresh_database(request.getfixturevalue("postgres"), tmp_path.name) as url:
            made = vault.configure(tmp_path / "data", tmp_path / "run", url, make=True)
            yield made, url
            made.store.close()
            made.lifelines.close()
    made.store.close()
    made.lifelines.close()
    core._open = before


@pytest.fixture
def on(monkeypatch):
    """This place can write letters, as far as anybody asks."""
    from django.conf import settings

    for name, value in {
        "IBASHO_SITE": "https://ibasho.example.org",
        "IBASHO_SMTP": "smtp://localhost:9",
        "IBASHO_SENDER": "kettle@example.org",
    }.items():
        monkeypatch.setattr(settings, name, value)


def ringer(house, kept, dies=""):
    made, url = house
    order = [sys.executable, "-c", _RINGER, made.data, made.run, url, kept, dies]
    process = subprocess.Popen(
        list(map(str, order)), env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def begun(process):
    process.stdin.write(b"\n")
    process.stdin.flush()


def ended(process):
    with process:
        process.stdin.close()
        return process.wait(60)


@pytest.mark.parametrize("dies", ["before", "after"])
def test_whoever_is_killed_between_taking_a_ring_and_sending_it_leaves_nothing_to_be_sent_again(
    house, tmp_path, on, dies
):
    mia = vault.make_space(vault.new_words())
    turned_on(mia)
    actions.ring(access.own_bell(mia), path="/n/once")
    process = ringer(house, tmp_path / "sent", dies)
    begun(process)
    assert ended(process) == -signal.SIGKILL
    again = Sender()
    ring_what_is_due(again)
    assert again.sent == []
    assert rows("ring") == []
    there = (tmp_path / "sent").read_text() if (tmp_path / "sent").exists() else ""
    assert there == ("/n/once\n" if dies == "after" else "")
    actions.ring(access.own_bell(mia), path="/n/next")
    ring_what_is_due(again)
    assert [path for _, _, path, _ in again.sent] == ["/n/next"], "and the next one rings as ever"


def test_of_two_servers_that_ring_at_the_same_moment_exactly_one_does(house, tmp_path, on):
    people = [vault.make_space(vault.new_words()) for _ in range(6)]
    for number, one in enumerate(people):
        turned_on(one)
        for time in range(2):
            actions.ring(access.own_bell(one), path=f"/n/{number}/{time}")
    both = [ringer(house, tmp_path / "sent") for _ in range(2)]
    for one in both:
        begun(one)
    assert [ended(one) for one in both] == [0, 0]
    sent = Counter((tmp_path / "sent").read_text().split())
    assert sent == Counter({f"/n/{number}/{time}": 1 for number in range(6) for time in range(2)})


def test_a_ring_that_does_not_open_any_more_is_let_go(programme, mia, post, every_byte_on_disk):
    """As after a pepper was lost: nobody can say whom it was for."""
    turned_on(mia)
    actions.ring(access.own_bell(mia))
    store = vault.current().store
    store.commit([vault.Op("UPDATE ring SET body = ?", (os.urandom(1097),))])
    ring_what_is_due(sender := Sender())
    assert sender.sent == []
    assert rows("ring") == []
    store.commit([vault.Op("UPDATE bell SET body = ?", (os.urandom(4169),))])
    actions.ring(access.own_bell(mia))
    ring_what_is_due(sender)
    assert sender.sent == []
    actions.keep_up(mia)
    actions.ring(access.own_bell(mia))
    ring_what_is_due(sender)
    assert len(sender.sent) == 1, "her next visit hung it anew"


def test_no_address_name_or_path_can_be_read_on_the_disk(programme, mia, aya, pair, post, every_byte_on_disk):
    """Neither while a ring waits, nor after it went out or could not."""
    turned_on(mia, mail="zebra-canary@zebra-host.example.org")
    post.refuses["zebra-canary@zebra-host.example.org"] = "450 later"
    actions.ring(access.bell_of(pair[1]), path="/n/zebra-path")
    assert b"zebra" not in every_byte_on_disk()
    ring_what_is_due()
    assert rows("ring")
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in repr(access.bell(mia)) + repr(access.wishes(mia)) + repr(vault.rings_due(9))
    assert "zebra" not in repr(vault.look_at_bell(access.own_bell(mia)))


def test_all_rings_are_of_one_size_and_due_in_whole_minutes(programme, mia, post, clock):
    turned_on(mia)
    clock.forward(17)
    actions.ring(access.own_bell(mia))
    actions.ring(access.own_bell(mia), path="/n/" + "a" * 250)
    sizes = {len(bytes(body)) for _, _, body in rows("ring")}
    ring_what_is_due(Sender(Outcome.LATER, Outcome.LATER))
    assert len(rows("ring")) == 2, "both wait to be tried again"
    assert len(sizes | {len(bytes(body)) for _, _, body in rows("ring")}) == 1
    assert all(due % 60 == 0 for _, due, _ in rows("ring"))

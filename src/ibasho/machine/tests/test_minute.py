"""The process that rings: within a second, hardened like the others, there again when it ended, and small."""

import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ibasho.bell import minutes
from tests.support.house import children, open_programme, order_of, up
from tests.support.person import Person, until
from tests.support.posts import Phone, certificate, post_office, push_service
from tests.support.traces import in_files, in_open_files

WHERE: dict[str, str] = {}  # its pages, once they are known
MOST_MIB = 60  # of its own, not shared with anybody


def own_mib(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"^Private_\w+:\s+(\d+)", text, re.M)) // 1024


def minute_of(house):
    return next((pid for pid in children(house.process.pid) if "ibasho.machine.minute" in order_of(pid)), 0)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    place = tmp_path_factory.mktemp("house")
    open_programme(place / "data")
    pem = certificate(place)
    with post_office() as office, push_service(pem) as service:
        more: dict[str, Any] = {
            "IBASHO_SITE": "https://ibasho.example.org",
            "IBASHO_SMTP": office.url,
            "IBASHO_SENDER": "kettle@example.org",
            "IBASHO_PUSH": service.named,
            "SSL_CERT_FILE": str(pem),
        }
        with up(place / "data", **more) as house:
            WHERE.update({page: house.address_of(page) for page in ("bell", "bell-mail", "bell-browser")})
            yield house, office, service


@pytest.fixture(scope="module")
def mia(house):
    person = Person(house[0].address, "zebrafriend")
    person.join(house[0].invite())
    return person


def test_a_ring_is_there_within_seconds_and_leaves_no_trace(house, mia):
    """From the button to the letter and the phone, through real processes; then every byte anywhere is read."""
    place, office, service = house
    phone = Phone()
    mia.send(WHERE["bell-mail"], form_of(mia, "bell-mail") | {"address": "zebra@example.org"})
    fields = form_of(mia, "bell-browser") | phone.fields(service.endpoint("zebra"))
    page = mia.send(WHERE["bell-browser"], fields)
    assert "Turned on" in page.text, page
    begun = time.monotonic()
    mia.send(WHERE["bell"], form_of(mia, "bell") | {"ring": "1"})
    assert until(lambda: office.letters and service.got, seconds=8, every=0.02)
    print(f"rung after {time.monotonic() - begun:.2f} s")
    assert office.letters[0][0] == ["zebra@example.org"]
    assert phone.opens(service.got[0].body) == {"t": "The kettle is on", "p": ""}
    needles = [b"zebra", "zebra".encode("utf-16-le")]
    assert in_files([place.data, place.run], needles) == []
    assert in_open_files(place.family(), needles) == []
    assert "zebra" not in place.said


def form_of(person, page):
    fields = person.open(WHERE[page]).form("csrfmiddlewaretoken").fields
    return {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]}


def test_it_keeps_its_memory_to_itself_and_needs_little(house):
    pid = minute_of(house[0])
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", limits)
    assert Path(f"/proc/{pid}/mem").stat().st_uid == 0, "not dumpable: the kernel gives its files to root"
    mib = own_mib(pid)
    print(f"the process that rings: {mib} MiB of its own")
    assert mib < MOST_MIB


def test_it_is_there_again_when_it_ended_and_rings_what_waited(house, mia):
    place, office, _ = house
    before, letters = minute_of(place), len(office.letters)
    time.sleep(0.1)
    os.kill(before, signal.SIGKILL)
    mia.send(WHERE["bell"], form_of(mia, "bell") | {"ring": "1"})
    assert until(lambda: minute_of(place) not in (0, before), seconds=20)
    assert until(lambda: len(office.letters) > letters, seconds=20)
    time.sleep(1.5)
    assert len(office.letters) == letters + 1, "and not twice"


def test_what_goes_wrong_in_one_part_of_the_minute_keeps_none_of_the_others(programme, monkeypatch, clock):
    done = []

    def goes_wrong(now):
        raise ZeroDivisionError

    monkeypatch.setattr(minutes, "_work", list(minutes._work))
    minutes.every_minute(goes_wrong)
    minutes.every_minute(done.append)
    minutes.every_minute(done.append)
    assert minutes.do_the_work() == 1
    assert done == [clock.now()], "each part is there once"

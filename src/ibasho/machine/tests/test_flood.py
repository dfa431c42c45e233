"""Attack 50: crowds at the door, and forms as large as they may be. Memory stays bounded, pages stay live."""

import http.client
import io
import socket
import statistics
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from ibasho import vault
from tests.support.house import open_programme, up
from tests.support.person import Browser, Person, multipart

BROWSERS = 48
SECONDS = 12


def memory_of(pids):
    """What a family holds together, in MiB: every page shared by several is counted once."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@pytest.mark.slow
def test_a_flood_at_the_door_leaves_pages_and_memory_alone(tmp_path):
    data = tmp_path / "data"
    open_programme(data)
    with up(data, IBASHO_PROXY="1") as house:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        mia.check_in(line="before", good="before")
        quiet = memory_of(house.family())
        stop = threading.Event()
        answers: list[int] = []
        loads: list[float] = []

        def flood(number):
            while not stop.is_set():
                stranger = Browser(house.address, timeout=40)
                network = f"10.{number}.{len(answers) % 250}.1"
                try:
                    form = stranger.open("/").form("ticket", "words")
                    body = f"words={'+'.join(vault.new_words().split())}&ticket={form.fields['ticket']}"
                    token = f"&csrfmiddlewaretoken={form.fields['csrfmiddlewaretoken']}"
                    headers = {
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Origin": f"http://{house.address}",
                        "X-Real-IP": network,
                    }
                    answers.append(stranger.ask("POST", "/", (body + token).encode(), headers).status)
                except (OSError, http.client.HTTPException):
                    answers.append(0)

        strangers = [threading.Thread(target=flood, args=(number,)) for number in range(BROWSERS)]
        for stranger in strangers:
            stranger.start()
        time.sleep(1)
        most, end = 0.0, time.monotonic() + SECONDS
        while time.monotonic() < end:
            begun = time.monotonic()
            assert "Mia" in mia.home().text
            loads.append(time.monotonic() - begun)
            most = max(most, memory_of(house.family()))
            time.sleep(0.05)
        stop.set()
        for stranger in strangers:
            stranger.join()
    loads.sort()
    print(
        f"{len(answers)} sign-ins answered ({answers.count(403)} no door, {answers.count(503)} told to wait); "
        f"{len(loads)} pages, median {statistics.median(loads):.2f} s, slowest {loads[-1]:.2f} s; "
        f"memory {quiet:.0f} MiB at rest, {most:.0f} at most"
    )
    assert set(answers) <= {403, 503}
    assert 403 in answers
    assert loads[int(len(loads) * 0.99)] < 2
    assert quiet < 200
    assert most < 400


@pytest.mark.slow
def test_a_dozen_of_the_largest_forms_at_once_leave_memory_alone(tmp_path):
    """Decision 0007. Read as a form, each takes some thirty times its size."""
    data = tmp_path / "data"
    open_programme(data)
    answers, most = [], 0.0

    def send(house):
        stranger = Browser(house.address, timeout=40)
        form = stranger.open("/").form("ticket", "words")
        end = f"&csrfmiddlewaretoken={form.fields['csrfmiddlewaretoken']}".encode()
        body = b"x=" + b"%C3%A9" * ((settings.DATA_UPLOAD_MAX_MEMORY_SIZE - len(end) - 2) // 6) + end
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{house.address}"}
        for _ in range(5):
            answer = stranger.ask("POST", "/", body, kind)
            assert "came from somewhere else" not in answer.text  # the token was found, at its very end
            answers.append(answer.status)

    with up(data) as house:
        senders = [threading.Thread(target=send, args=(house,)) for _ in range(12)]
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders):
            most = max(most, memory_of(house.family()))
            time.sleep(0.05)
        assert set(answers) == {403, 503}, set(answers)  # no words in it; but the whole form was read
        assert Browser(house.address).ask("GET", "/about").status == 200
    print(f"{len(answers)} answers, {answers.count(503)} told to wait; memory {most:.0f} MiB at most")
    assert most < 300


def heaviest_picture():
    """As many bytes and as many points as are taken, in the form that needs the most memory to read."""
    out = io.BytesIO()
    Image.new("RGBA", (5712, 4284), (90, 120, 40, 128)).save(out, "PNG", compress_level=1)
    return out.getvalue().ljust(8 << 20, b"\0")


def lighter_picture():
    """As many bytes, and soon read."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480)).save(out, "JPEG")
    return out.getvalue().ljust(8 << 20, b"\0")


@pytest.mark.slow
def test_a_dozen_pictures_at_once_leave_memory_alone_and_all_arrive(tmp_path):
    """Decision 0009. From somebody who is in they wait in line; from anybody else none is read."""
    data = tmp_path / "data"
    open_programme(data)
    pictures = [heaviest_picture()] * 3 + [lighter_picture()] * 9  # one is read at a time, whatever it is
    answers, loads = {"mia": [], "nobody": []}, []

    with up(data) as house:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        mia.home()
        where = house.address_of("keepsake-photo")
        token = mia.open(where).form("ticket", "text").fields["csrfmiddlewaretoken"]
        fields = {"csrfmiddlewaretoken": token, "text": "The roof"}

        def send(who, number):
            person = Person(house.address, timeout=100)
            if who == "mia":
                person.cookies = dict(mia.cookies)
            try:
                answer = person.upload(
                    where, fields | {"ticket": f"{number:016x}"}, "picture", pictures[number]
                )
            except OSError:
                answers[who].append(0)  # let go before all of it was sent
            else:
                answers[who].append(answer.status)

        for who, bound in (("nobody", 300), ("mia", 500)):
            senders = [threading.Thread(target=send, args=(who, number)) for number in range(12)]
            for sender in senders:
                sender.start()
            most = 0.0
            while any(sender.is_alive() for sender in senders):
                most = max(most, memory_of(house.family()))
                begun = time.monotonic()
                assert Browser(house.address).ask("GET", "/about").status == 200
                loads.append(time.monotonic() - begun)
                time.sleep(0.05)
            print(f"{who}: {sorted(answers[who])}; memory {most:.0f} MiB, slowest page {max(loads):.2f} s")
            assert most < bound
        assert set(answers["nobody"]) <= {413, 0}
        assert answers["mia"] == [303] * 12
        assert max(loads) < 3


@pytest.mark.slow
def test_small_pictures_that_take_long_to_read_hold_up_no_page(tmp_path):
    """24 million grey pixels are a PNG of 24 kB. More of them than there are threads, whole and at once."""
    data, out = tmp_path / "data", io.BytesIO()
    Image.new("L", (5712, 4284)).save(out, "PNG")
    assert out.tell() < 64_000
    open_programme(data)
    with up(data) as house, ExitStack() as stack:
        mia = Person(house.address, "Mia")
        mia.join(house.invite())
        mia.home()
        where = house.address_of("keepsake-photo")
        token = mia.open(where).form("ticket", "text").fields["csrfmiddlewaretoken"]
        body = multipart({"csrfmiddlewaretoken": token, "text": "The roof"}, "picture", out.getvalue())
        head = {"Host": house.address, "Content-Length": len(body), **mia.of_a_file()}
        head["Cookie"] = "; ".join(f"{name}={value}" for name, value in mia.cookies.items())
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        host, port = house.address.split(":")
        senders = [
            stack.enter_context(socket.create_connection((host, int(port)), timeout=20)) for _ in range(60)
        ]
        for sender in senders:
            sender.sendall(f"POST {where} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        loads = []
        for _ in range(5):
            time.sleep(0.5)
            begun = time.monotonic()
            assert Browser(house.address, timeout=30).ask("GET", "/about").status == 200
            loads.append(time.monotonic() - begun)
        answer = http.client.HTTPResponse(senders[0])
        answer.begin()
        assert answer.status == 303  # and they are taken, one after another
    print(f"slowest page {max(loads):.2f} s")
    assert max(loads) < 3

"""Attacks 1, 59, 60 and 62: what was written, and every name, is in no file, log or open handle.

One token goes into every field of every form, every header, file name and wrong address; then every byte
that the programme wrote anywhere is read.
"""

import io
import os
import re
import secrets
import signal
import socket
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.support.house import open_programme, up
from tests.support.person import Person, multipart, until
from tests.support.traces import in_files, in_open_files

BEGAN: list[float] = []
NEEDLE = f"zebra{secrets.token_hex(8)}"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    open_programme(data)
    with up(data) as house:
        BEGAN[:] = [time.time() - 1]
        yield house


@pytest.fixture(scope="module")
def mia(house):
    person = Person(house.address, NEEDLE[:30])
    person.join(house.invite("facilitator"))
    return person


def traces(house):
    """Wherever the token lies that it must not."""
    needles = [NEEDLE[:20].encode(), NEEDLE[:20].encode("utf-16-le")]
    places = [house.data, house.run, *map(Path, ("/tmp", "/var/tmp", "/dev/shm"))]
    mine = {str(house.data.parent)}
    found = in_files(places[:2], needles) + in_files(places[2:], needles, newer_than=BEGAN[0])
    found = [line for line in found if not any(line.startswith(f"{own}/.pytest") for own in mine)]
    found += in_open_files(house.family(), needles)
    return found + [line for line in house.said.splitlines() if NEEDLE[:20] in line]


def is_safe(form, page):
    """Everything but the programme's own public settings, which are meant to be read."""
    return form.method == "post" and "run_by" not in form.fields and "by" not in form.fields and form.fields


def test_no_form_leaves_a_trace(house, mia):
    """Every form that can be reached by links, filled with the token. Of pages that differ only by a day, two."""
    waiting, seen, sent = ["/", "/help", "/about"], Counter(), set()
    while waiting:
        path = waiting.pop(0)
        shape = re.sub(r"/(?:\d{4}-\d\d(?:-\d\d)?|[A-Z]{2})$", "/", path)
        if seen[path] or seen[shape] >= 2:
            continue
        seen.update({path, shape})
        assert len(seen) < 300
        page = mia.open(path)
        assert page.status < 500, page
        for link in page.links:
            where = urlsplit(link)
            if where.netloc in ("", house.address) and where.path.startswith("/") and "leave" not in link:
                waiting.append(where.path)
        for form in page.forms:
            key = (form.action.rstrip("0123456789-"), tuple(sorted(form.fields)), tuple(form.buttons))
            if key in sent or not is_safe(form, page):
                continue
            sent.add(key)
            typed = {
                name: f"{NEEDLE}{name}"
                for name, value in form.fields.items()
                if isinstance(value, str)
                and name not in ("csrfmiddlewaretoken", "seen", "ticket", "state", "day")
                and name not in form.choices
            }
            answer = mia.fill(form, **typed)
            assert answer.status < 500, answer
            if not mia.is_in() or "Come in" in answer.text:
                mia.come_in()
    assert len(sent) >= 6, sent
    assert mia.check_in(line=NEEDLE, good=NEEDLE).status == 200
    assert NEEDLE in mia.own_day().text
    assert traces(house) == []


def test_no_header_address_or_broken_request_leaves_a_trace(house, mia):
    headers = {
        name: f"https://{NEEDLE}.example/{NEEDLE}"
        for name in (
            "User-Agent",
            "Referer",
            "X-Forwarded-For",
            "X-Real-IP",
            "Accept-Language",
            "HX-Current-URL",
        )
    }
    for browser in (mia, Person(house.address)):
        for path in (
            f"/{NEEDLE}",
            f"/help?{NEEDLE}={NEEDLE}",
            f"/n/{NEEDLE}",
            f"/help/lines/{NEEDLE}",
            f"/%ff{NEEDLE}",
        ):
            assert browser.ask("GET", path, headers=headers).status in (200, 400, 404)
        for body, kind in (
            (f"words={NEEDLE}".encode(), "application/x-www-form-urlencoded"),
            (f"line={NEEDLE}".encode(), "application/json"),
            (_upload(2000), f"multipart/form-data; boundary={NEEDLE}"),
            (f"--{NEEDLE}\r\n".encode() * 50, f"multipart/form-data; boundary={NEEDLE}"),
            (NEEDLE.encode() * 5, f"text/{NEEDLE}"),
            (f"words={NEEDLE}%ff%00%ed%a0%80".encode(), "application/x-www-form-urlencoded; charset=utf-16"),
        ):
            for method in ("POST", "PUT", NEEDLE[:8].upper()):
                assert browser.ask(method, "/", body, headers | {"Content-Type": kind}).status < 500
    host = Person(house.address)
    assert host.ask("GET", "/", headers={"Host": f"{NEEDLE}.example"}).status == 400
    cookie = Person(house.address)
    cookie.cookies = {"__Host-k": NEEDLE, "__Host-c": NEEDLE, NEEDLE: NEEDLE}
    assert cookie.ask("GET", "/").status == 200
    assert traces(house) == []


def _upload(size):
    part = f'--{NEEDLE}\r\nContent-Disposition: form-data; name="file"; filename="../{NEEDLE}.jpg"\r\n\r\n'
    return part.encode() + NEEDLE.encode() * (size // len(NEEDLE)) + f"\r\n--{NEEDLE}--\r\n".encode()


@pytest.mark.parametrize("size", [200 << 10, 900 << 10], ids=["within the limit", "beyond it"])
def test_a_whole_upload_leaves_no_trace(house, mia, size):
    """A file in a form, with the form's token, so that it is read to its end."""
    form = mia.home().forms[0]
    token = form.fields["csrfmiddlewaretoken"]
    field = f'--{NEEDLE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
    kind = {"Content-Type": f"multipart/form-data; boundary={NEEDLE}", "Origin": f"http://{house.address}"}
    answer = mia.ask("POST", mia.page.path, field.encode() + _upload(size), kind)
    assert answer.status < 500, answer
    assert (answer.status == 413) is (size > 256 << 10)
    assert traces(house) == []


def test_a_slow_upload_and_a_killed_worker_leave_no_trace(house, mia):
    """Attack 62: half of a file has arrived when the worker dies."""
    path = mia.home().path
    host, port = house.address.split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in mia.cookies.items())
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {house.address}\r\nCookie: {cookies}\r\nOrigin: http://{house.address}\r\n"
            f"Content-Type: multipart/form-data; boundary={NEEDLE}\r\nContent-Length: {240 << 10}\r\n\r\n"
        )
        raw.sendall(head.encode() + _upload(120 << 10)[:-60])
        time.sleep(0.5)
        assert traces(house) == []
        before = house.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert until(lambda: house.workers() and set(house.workers()).isdisjoint(before))
    assert traces(house) == []
    assert mia.home().status == 200


@pytest.fixture
def picture_form(house, mia):
    """Where a picture is sent, and the form without it."""
    where = house.address_of("keepsake-photo")
    token = mia.open(where).form("ticket", "text").fields["csrfmiddlewaretoken"]
    return where, {"csrfmiddlewaretoken": token, "text": NEEDLE}


def test_attack_59_a_picture_its_name_and_its_words_leave_no_trace(house, mia, picture_form):
    """A path in its name, a picture that is kept, and one that is refused."""
    where, fields = picture_form
    jpeg = io.BytesIO()
    Image.new("RGB", (900, 700), (90, 60, 30)).save(jpeg, "JPEG", comment=NEEDLE)
    for content, status in (
        (jpeg.getvalue().ljust(600_000, b"\0") + NEEDLE.encode(), 303),
        (NEEDLE.encode() * 20_000, 422),
    ):
        body = multipart(fields, "picture", content, file=f"../../{NEEDLE}.jpg")
        answer = mia.ask("POST", where, body, mia.of_a_file())
        assert answer.status == status, answer
        assert traces(house) == []
    for page in (mia.open(house.address_of("keepsakes")), answer):
        assert f"{NEEDLE}.jpg" not in page.text


def test_attack_62_a_slow_picture_and_a_killed_worker_leave_no_trace(house, mia, picture_form):
    """Half of a picture has arrived when the worker dies."""
    where, fields = picture_form
    host, port = house.address.split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in mia.cookies.items())
    body = multipart(fields, "picture", NEEDLE.encode() * 150_000)
    head = f"POST {where} HTTP/1.1\r\nHost: {house.address}\r\nCookie: {cookies}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in mia.of_a_file().items())
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
        time.sleep(0.5)
        assert traces(house) == []
        before = house.workers()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        assert until(lambda: house.workers() and set(house.workers()).isdisjoint(before))
    assert traces(house) == []
    assert mia.home().status == 200


def test_of_an_answer_that_was_no_trouble_of_ours_nothing_is_said(house, mia):
    """A line for each wrong word would be somebody's evening, to the microsecond, in a journal."""
    mia.home()
    before = house.said
    stranger = Person(house.address)
    form = stranger.open("/").form("ticket", "words")
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{house.address}"}
    seen = set()
    for _ in range(50):
        seen.add(stranger.send("/", form.fields | {"words": "xyzzy plugh"}).status)  # 403
        seen.add(stranger.ask("POST", "/", b"words=otter", kind).status)  # 403, without a token
        seen.add(stranger.ask("GET", f"/{NEEDLE}").status)  # 404
        seen.add(stranger.ask("GET", mia.page.path).status)  # 401
        seen.add(stranger.ask("GET", "/", headers={"Host": "elsewhere.example"}).status)  # 400
        seen.add(stranger.ask("POST", "/", b"x" * 300_000, kind).status)  # 413
    assert seen == {400, 401, 403, 404, 413}
    assert house.said == before


def test_the_sweep_finds_what_is_there(house, mia):
    """The sweep itself: a file, a name of a file, and a deleted file that somebody still holds open."""
    left = house.data / f"{NEEDLE}.txt"
    left.write_text("x")
    assert any(str(left) in line for line in traces(house))
    left.unlink()
    held = house.data / "held"
    with held.open("w+") as file:
        file.write(NEEDLE)
        file.flush()
        held.unlink()
        assert in_open_files([os.getpid()], [NEEDLE.encode()])
    assert traces(house) == []

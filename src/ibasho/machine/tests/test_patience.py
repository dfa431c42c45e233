"""Browsers that take their time, on purpose or because of where they are, hold up nobody else."""

import http.client
import socket
import time
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from ibasho.machine import patience, serving
from ibasho.web import uploads
from ibasho.web.static_files import static
from tests.support.house import open_programme, up
from tests.support.person import Browser, Person, multipart, until

FORM = "application/x-www-form-urlencoded"
SLOW = 44  # more than there are threads
HEAD = "{method} {path} HTTP/1.1\r\nHost: {host}\r\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    data = tmp_path_factory.mktemp("house") / "data"
    open_programme(data)
    with up(data) as house:
        yield house


def begun(house, kind):
    """The first bytes of a request that is never finished."""
    post = HEAD.format(method="POST", path="/", host=house.address) + f"Content-Type: {FORM}\r\n"
    return {
        "nothing": "",
        "half a head": HEAD.format(method="GET", path="/about", host=house.address),
        "a short body": f"{post}Content-Length: 2000\r\n\r\nwords=",
        "a body of the largest size": f"{post}Content-Length: {patience.MOST_BODY}\r\n\r\nwords=",
        "a body far too large": f"{post}Content-Length: 60000000\r\n\r\nwords=",
        "a body in pieces": f"{post}Transfer-Encoding: chunked\r\n\r\nffff\r\nwords=",
    }[kind].encode()


@contextmanager
def connections(house, many=SLOW):
    host, port = house.address.split(":")
    with ExitStack() as stack:
        yield [
            stack.enter_context(socket.create_connection((host, int(port)), timeout=5)) for _ in range(many)
        ]


def seconds_for_a_page(house):
    began = time.monotonic()
    assert Browser(house.address, timeout=10).ask("GET", "/about").status == 200
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "nothing",
        "half a head",
        "a short body",
        "a body of the largest size",
        "a body far too large",
        "a body in pieces",
    ],
)
def test_forty_four_slow_browsers_hold_up_no_page(house, kind):
    with connections(house) as slow:
        for one in slow:
            one.sendall(begun(house, kind))
        times = []
        for _ in range(4):
            time.sleep(0.3)
            for one in slow:
                try:
                    one.send(b"a")
                except OSError:
                    continue
            times.append(seconds_for_a_page(house))
    assert max(times) < 3, times


@pytest.mark.slow
def test_forty_four_browsers_that_do_not_read_hold_up_no_page(house):
    with connections(house) as slow:
        for one in slow:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.sendall(
                (HEAD.format(method="GET", path=static("htmx.min.js"), host=house.address) + "\r\n").encode()
            )
        time.sleep(0.5)
        assert max(seconds_for_a_page(house) for _ in range(3)) < 3


@pytest.mark.slow
def test_more_connections_than_are_taken_leave_room_for_a_page(house):
    with connections(house, 700) as idle:
        assert seconds_for_a_page(house) < 3
        assert len(idle) == 700


@pytest.mark.slow
def test_a_form_that_takes_a_few_seconds_arrives_and_one_that_takes_for_ever_does_not(house):
    body = urlencode({"words": "otter " * 100}).encode()
    head = begun(house, "a short body").partition(b"Content-Length")[0]
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    with connections(house, 2) as (slow, endless):
        slow.settimeout(10)
        slow.sendall(head[:40])
        endless.sendall(head)
        for piece in (head[40:], body[:200], body[200:400], body[400:]):
            time.sleep(0.5)
            slow.sendall(piece)
        answer = http.client.HTTPResponse(slow)
        answer.begin()
        assert answer.status == 403  # the form's token is missing, and it was read to its end
        endless.settimeout(patience.PATIENCE + 5)
        began = time.monotonic()
        assert endless.recv(1) == b""
        assert time.monotonic() - began < patience.PATIENCE + 2


def test_two_requests_in_one_breath_are_two_answers(house):
    once = HEAD.format(method="GET", path="/about", host=house.address)
    with connections(house, 1) as (one,):
        one.sendall(f"{once}\r\n{once}Connection: close\r\n\r\n".encode())
        said = b""
        while piece := one.recv(65536):
            said += piece
    assert said.count(b"HTTP/1.1 200 OK") == 2


def test_first_lines_without_an_end_are_refused(house):
    with connections(house, 1) as (one,):
        one.sendall(b"GET / HTTP/1.1\r\n" + b"X-Long: zebra\r\n" * 3000)
        assert until(lambda: one.recv(100).startswith(b"HTTP/1.1 431 "), seconds=2)


@pytest.mark.parametrize(("proxy", "believed"), [("1", ["127.0.0.1", "::1"]), ("", [])])
def test_only_our_own_proxy_is_believed_about_how_it_was_reached(monkeypatch, proxy, believed):
    """On an onion address every stranger is 127.0.0.1."""
    monkeypatch.setenv("IBASHO_PROXY", proxy)
    monkeypatch.setenv("IBASHO_RUN", "/run")
    config = serving.House("127.0.0.1:8000", 1, 8).cfg
    assert (config.forwarded_allow_ips, config.forwarder_headers) == (believed, [])


# Pictures (decision 0009) ------------------------------------------------------------------------------

FILE = 400_000  # bytes: more than any form


@pytest.fixture
def visit(monkeypatch):
    """Somebody who is in begins to send a picture; time goes by only when it is told to."""
    now = [1000.0]
    monkeypatch.setattr("ibasho.machine.patience.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(uploads, "is_welcome", lambda method, path, kind, cookies: cookies == "mia")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        visit = patience.Visit(None, ours, "", "")

        def send(data, *, seconds=0.0):
            now[0] += seconds
            theirs.sendall(data)
            return visit.gather()

        yield visit, send, now


def first_lines(cookies="mia", length=FILE):
    head = f"POST /n/aaaaaa/in HTTP/1.1\r\nCookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


def test_a_picture_that_comes_steadily_is_waited_for(visit):
    """A phone with one bar: four kilobytes a second, for a minute and a half."""
    visit, send, now = visit
    assert not send(first_lines())
    assert visit.waits_in_line
    visit.take_place()
    for _ in range(FILE // 40_000 - 1):
        assert not send(b"a" * 40_000, seconds=10)
        assert visit.timeout == now[0] + patience.PATIENCE
    assert send(b"a" * 40_000, seconds=10)
    assert len(visit.arrived) == visit.needed


def test_one_that_hardly_comes_is_not_and_none_for_ever(visit):
    visit, send, now = visit
    send(first_lines(length=patience.MOST_FILE))
    visit.take_place()
    before = visit.timeout
    send(b"a" * 1000, seconds=10)
    assert visit.timeout == before  # a byte now and then is nobody's picture
    began = now[0] - 10
    for _ in range(11):
        send(b"a" * 40_000, seconds=10)
    assert visit.timeout == began + patience.FILE_PATIENCE < began + 120


def test_nothing_is_read_of_a_picture_that_nobody_is_let_in_with_or_that_waits_in_line(visit):
    visit, send, _now = visit
    assert not send(first_lines() + b"a" * 100)
    before = len(visit.arrived)
    assert not send(b"a" * 50_000)
    assert len(visit.arrived) == before
    other = patience.Visit(None, visit.sock, "", "")
    other.arrived += first_lines(cookies="nobody")
    assert other._is_whole()  # a thread answers it at once, without the body
    assert other.brings_file == ""
    two = patience.Visit(None, visit.sock, "", "")
    two.arrived += first_lines().replace(b"Cookie: mia", b"Cookie: mia\r\nCookie: mia")
    assert two._is_whole()


def test_a_small_picture_waits_in_the_same_line_even_when_all_of_it_is_there(visit):
    visit, send, _now = visit
    assert not send(first_lines(length=100) + b"a" * 100)
    assert visit.waits_in_line
    visit.take_place()
    assert visit.gather()
    for lines in (
        first_lines(cookies="nobody", length=100),
        first_lines(length=100).replace(b"POST", b"PUT", 1),
        first_lines(length=100).replace(b"Cookie: mia\r\n", b""),
    ):
        other = patience.Visit(None, visit.sock, "", "")
        other.arrived += lines + b"a" * 100
        assert other._is_whole()
        assert not other.waits_in_line


def test_a_picture_whose_sender_went_away_while_it_waited_is_not_read():
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        visit = patience.Visit(None, ours, "", "")
        visit.arrived += first_lines(length=100) + b"a" * 100
        visit.take_place()  # somebody is there
        theirs.close()
        with pytest.raises(ConnectionResetError):
            visit.take_place()


def test_a_third_picture_waits_until_one_of_two_is_done(house):
    """And pages go on meanwhile."""
    mia = Person(house.address, "Mia")
    mia.join(house.invite())
    mia.home()
    where = house.address_of("keepsake-photo")
    token = mia.open(where).form("ticket", "text").fields["csrfmiddlewaretoken"]
    body = multipart({"csrfmiddlewaretoken": token, "text": "The roof"}, "picture", b"zebra" * 80_000)
    cookies = "; ".join(f"{name}={value}" for name, value in mia.cookies.items())
    head = HEAD.format(method="POST", path=where, host=house.address)
    head += "".join(f"{name}: {value}\r\n" for name, value in mia.of_a_file().items())
    whole = (
        f"{head}Cookie: {cookies}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )

    def answer_to(one):
        answer = http.client.HTTPResponse(one)
        answer.begin()
        return answer.status, answer.read().decode()

    with connections(house, 3) as (first, second, third):
        for one in (first, second):
            one.sendall(whole[:300_000])
        time.sleep(0.3)
        third.settimeout(0.7)
        third.sendall(whole[:60_000])
        with pytest.raises(TimeoutError):
            third.recv(1)
        assert seconds_for_a_page(house) < 3
        first.sendall(whole[300_000:])
        assert answer_to(first)[0] == 422  # read to its end, and no picture
        third.settimeout(10)
        third.sendall(whole[60_000:])
        assert answer_to(third)[0] == 422

        for row in (house.run / "sessions").iterdir():
            row.unlink()  # her visit ends while the second picture is still on its way
        second.settimeout(10)
        second.sendall(whole[300_000:])
        status, page = answer_to(second)
        assert status == 401
        assert "What you were writing is kept" in page
        assert 'name="draft" value="' in page

"""Browsers that take their time, on purpose or because of where they are, hold up nobody else."""

import http.client
import socket
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

import pytest

from ibasho.machine import patience, serving
from ibasho.web.static_files import static
from tests.support.house import open_programme, up
from tests.support.person import Browser, until

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

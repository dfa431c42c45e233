"""A real nginx with our configuration keeps nothing of what goes through it; as nginx comes, it does.

Forms are sent and a page is read, and all stall half-way: a proxy that buffers has to put the rest somewhere.
Then every file it has is read, and every file it holds open, deleted or not (VAULT 9.1).
"""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.house.reading import HOUSE

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
SENT, HALTED, PIECES, NEWER = b"zebra-sent ", b"zebra-halted ", b"zebra-pieces ", b"zebra-newer "
ANSWERED, ASKED = b"zebra-answered ", b"zebra-asked"
PICTURE = b"zebra-picture "
CANARIES = [SENT, HALTED, PIECES, NEWER, PICTURE, ANSWERED, ASKED]
LARGE = 8_400_000  # a picture as large as nginx takes
MOST = 320_000  # as much as nginx takes, to within a few thousand bytes
PAGE = ANSWERED * 800_000  # twelve: more than the sockets between hold by themselves
BUFFERING = (
    "client_body_buffer_size",
    "proxy_request_buffering",
    "proxy_buffering",
    "proxy_max_temp_file_size",
    "access_log",
    "error_log",
)


def configuration(place: Path, ports: tuple[int, int], *, as_it_comes: bool = False) -> str:
    """deploy/nginx.conf, with this test's ports and certificate."""
    shipped = (HOUSE / "deploy/nginx.conf").read_text(encoding="utf-8")
    if as_it_comes:
        shipped = re.sub(rf"^\s*(?:{'|'.join(BUFFERING)}) .*$", "", shipped, flags=re.MULTILINE)
    above, _, secure = re.split(r"(?=^server \{)", shipped, flags=re.MULTILINE)
    for found, ours in (
        ("listen 443 ssl http2", f"listen 127.0.0.1:{ports[0]} ssl http2"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("127.0.0.1:8000", f"127.0.0.1:{ports[1]}"),
        ("/etc/letsencrypt/live/ibasho.example.org/fullchain.pem", f"{place}/cert.pem"),
        ("/etc/letsencrypt/live/ibasho.example.org/privkey.pem", f"{place}/key.pem"),
    ):
        assert found in secure
        secure = secure.replace(found, ours)
    kept = "".join(
        f"{kind}_temp_path {place}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"user root;\npid {place}/pid;\nerror_log {place}/error.log crit;\ndaemon off;\nmaster_process on;\n"
        f"events {{}}\nhttp {{\n{kept}access_log {place}/access.log;\n{above}{secure}\n}}\n"
    )


@contextmanager
def listening(ways_in: list[bytes]):
    """Something behind the proxy: it reads the first form slowly, and answers the second at length.

    Whoever it is asked about is in, unless they say `nobody`. What it was asked lies in `ways_in`.
    """
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()
    forms: list[bytes] = []

    def meet(visitor: socket.socket) -> None:
        with suppress(OSError), visitor:
            said = visitor.recv(16_000)
            if said.startswith(b"GET "):
                ways_in.append(said)
                status = b"401 Unauthorized" if b"nobody" in said else b"200 OK"
                visitor.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\ndoor")
                return
            forms.append(said)
            if len(forms) == 2:
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(PAGE)}\r\n\r\n"
                visitor.settimeout(1)
                with suppress(TimeoutError):
                    visitor.sendall(head.encode() + PAGE)
            done.wait(10)

    def answer() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=meet, args=(server.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    done.set()
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=5)


def everything_kept_by(process: subprocess.Popen[bytes], place: Path) -> bytes:
    """Every file in the proxy's folder, and everything its processes hold open."""
    pids = [process.pid]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids += [int(pid) for pid in children.read_text().split()]
    files = [file for file in place.rglob("*") if file.is_file()]
    files += [
        handle
        for pid in pids
        for handle in Path(f"/proc/{pid}/fd").iterdir()
        if handle.exists() and handle.is_file()
    ]
    return b"".join(file.read_bytes() for file in files)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def make_certificate(place: Path) -> None:
    subject = ["-subj", "/CN=ibasho.example.org", "-days", "2"]
    keys = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(place / "key.pem"),
        "-out",
        str(place / "cert.pem"),
    ]
    subprocess.run(["openssl", "req", "-x509", *keys, *subject], check=True, capture_output=True)


def kept_after_some_visits(place: Path, *, as_it_comes: bool) -> bytes:
    """What can be found while forms are being sent and a page is being read, and once all of it is over."""
    make_certificate(place)
    port = free_port()
    ways_in: list[bytes] = []
    with listening(ways_in) as behind:
        text = configuration(place, (port, behind), as_it_comes=as_it_comes)
        (place / "nginx.conf").write_text(text, encoding="utf-8")
        proxy = subprocess.Popen([NGINX, "-c", str(place / "nginx.conf"), "-p", str(place)])
        try:
            with ExitStack() as stack:
                sends, reads, halts, pieces, shows, nobody = (
                    stack.enter_context(browser(port)) for _ in range(6)
                )
                newer = stack.enter_context(browser(port, "h2"))
                start = f"POST /{ASKED.decode()} HTTP/1.1\r\nHost: ibasho.example.org\r\n"
                known = f"{start}Content-Length: {MOST}\r\n\r\n".encode()
                sends.sendall(known + (SENT * MOST)[:MOST])
                halts.sendall(known + (HALTED * MOST)[: MOST - 1000])
                unknown = f"{start}Transfer-Encoding: chunked\r\n\r\n{MOST:x}\r\n".encode()
                pieces.sendall(unknown + (PIECES * MOST)[: MOST - 1000])
                large = (
                    f"POST /n/abcdef/in HTTP/1.1\r\nHost: ibasho.example.org\r\nContent-Length: {LARGE}\r\n"
                )
                shows.sendall(f"{large}\r\n".encode() + (PICTURE * LARGE)[: LARGE - 1000])
                nobody.sendall(f"{large}Cookie: nobody\r\n\r\n".encode() + PICTURE * 100)
                assert b"Location: https://ibasho.example.org/\r\n" in nobody.recv(4096)
                assert len(ways_in) == 2
                assert not any(b"zebra" in said for said in ways_in)
                assert all(b"\r\nX-Asked-First: 1\r\n" in said for said in ways_in)
                begin_over_http2(newer, (NEWER * MOST)[: MOST - 1000])
                time.sleep(0.3)  # whoever comes first is read slowly
                reads.sendall(f"{start}Content-Length: 0\r\n\r\n".encode())
                time.sleep(1.2)
                kept = everything_kept_by(proxy, place)
        finally:
            proxy.terminate()
            proxy.wait(timeout=10)
    return kept + b"".join(file.read_bytes() for file in place.rglob("*") if file.is_file())


def begin_over_http2(connection: ssl.SSLSocket, body: bytes) -> None:
    """Send a form without its length and without its end: HTTP/2 has no need of either (RFC 9113)."""

    def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
        return len(content).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + content

    assert connection.selected_alpn_protocol() == "h2"
    path = f"/{ASKED.decode()}".encode()
    fields = b"\x83\x87\x04" + bytes([len(path)]) + path + b"\x01\x12ibasho.example.org"  # POST, https, …
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(1, 4, 1, fields))
    for start in range(0, len(body), 16_000):
        connection.sendall(frame(0, 0, 1, body[start : start + 16_000]))
        time.sleep(0.02)  # nginx gives room for more as it reads


@contextmanager
def browser(port: int, protocol: str = "http/1.1", address: str = "127.0.0.1"):
    """A connection over TLS that holds little by itself."""
    context = ssl.create_default_context()
    context.set_alpn_protocols([protocol])
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for _ in range(100):
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        try:
            plain.bind((address, 0))
            plain.connect(("127.0.0.1", port))
            break
        except OSError:
            plain.close()
            time.sleep(0.05)
    with context.wrap_socket(plain, server_hostname="ibasho.example.org") as connection:
        connection.settimeout(0.5)
        yield connection


@pytest.fixture
def place(tmp_path):
    if not Path(NGINX).exists():
        pytest.fail("This test needs nginx: tools/system-packages test brings it.")
    return tmp_path


@pytest.mark.slow
def test_nothing_that_goes_through_the_proxy_is_kept_by_it(place):
    kept = kept_after_some_visits(place, as_it_comes=False)
    assert not [canary for canary in CANARIES if canary in kept]


@pytest.mark.slow
def test_as_nginx_comes_it_keeps_what_is_sent_and_what_is_answered(place):
    """The sweep finds what there is to find: without our lines, it does."""
    kept = kept_after_some_visits(place, as_it_comes=True)
    assert [canary for canary in CANARIES if canary in kept] == CANARIES


@pytest.mark.parametrize("who", ["nobody", "somebody"])
def test_nobody_takes_all_the_places_for_pictures_in_the_proxy(place, who):
    """Eight slow ones of one address, in or not: there is room for somebody at another."""
    make_certificate(place)
    port, ways_in = free_port(), []
    head = f"POST /n/abcdef/in HTTP/1.1\r\nHost: ibasho.example.org\r\nContent-Length: {LARGE}\r\n"

    def status_of(connection):
        with suppress(TimeoutError):
            return connection.recv(4096).split(b" ")[1]
        return b"waits"

    with listening(ways_in) as behind, ExitStack() as stack:
        (place / "nginx.conf").write_text(configuration(place, (port, behind)), encoding="utf-8")
        proxy = subprocess.Popen([NGINX, "-c", str(place / "nginx.conf"), "-p", str(place)])
        stack.callback(proxy.wait, timeout=10)
        stack.callback(proxy.terminate)
        slow = [stack.enter_context(browser(port)) for _ in range(8)]
        for one in slow:
            one.sendall(f"{head}Cookie: {who}\r\n\r\n".encode() + PICTURE)
        said = [status_of(one) for one in slow]
        assert said.count(b"503") == 5
        assert said.count(b"303" if who == "nobody" else b"waits") == 3
        mia = stack.enter_context(browser(port, address="127.0.0.2"))
        mia.sendall(f"{head}Cookie: mia\r\n\r\n".encode() + PICTURE)
        assert status_of(mia) == b"waits"
        assert b"\r\nCookie: mia\r\n" in ways_in[-1]
        if who == "nobody":  # and whoever was sent away has no place for long
            time.sleep(2)
            again = stack.enter_context(browser(port))
            again.sendall(f"{head}Cookie: {who}\r\n\r\n".encode() + PICTURE)
            assert status_of(again) == b"303"

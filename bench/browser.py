"""A browser that counts: one connection kept alive, the bytes of every answer, and how long it took."""

import re
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import brotli

ASKS_FOR = {
    "Accept": "text/html",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile",
}
_COOKIE = re.compile(rb"(?im)^set-cookie: ([^=\s]+)=([^;\r\n]*)")


@dataclass(frozen=True)
class Answer:
    """What came back, byte for byte. `size` is everything that was on the wire."""

    status: int
    head: bytes
    body: bytes
    size: int
    seconds: float


@dataclass
class Browser:
    """One browser. `source` is the address it comes from: 127.0.9.1 is another network than 127.0.8.1."""

    address: str
    source: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = field(default=None, repr=False)

    def get(self, path: str) -> Answer:
        """Load one page or file."""
        return self._ask(f"GET {path} HTTP/1.1", b"")

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        return self._ask(f"POST {path} HTTP/1.1\r\nOrigin: http://{self.address}\r\n{kind}", body)

    @staticmethod
    def text(answer: Answer) -> str:
        """What stands on a page."""
        packed = b"content-encoding: br" in answer.head.lower()
        return (brotli.decompress(answer.body) if packed else answer.body).decode()

    def close(self) -> None:
        """Close the connection; cookies stay."""
        if self._socket:
            self._socket.close()
        self._socket = None

    def _ask(self, first: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [first, f"Host: {self.address}", *(f"{name}: {value}" for name, value in ASKS_FOR.items())]
        lines += [f"Cookie: {cookies}"] if cookies else []
        raw = "\r\n".join([*lines, "", ""]).encode() + body
        begun = time.perf_counter()
        for attempt in (1, 2):
            try:
                answer = self._exchange(raw, begun)
                break
            except ConnectionError:  # the server closed a connection that had been idle
                self.close()
                if attempt == 2:
                    raise
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        if b"onnection: close" in answer.head:
            self.close()
        return answer

    def _exchange(self, raw: bytes, begun: float) -> Answer:
        if self._socket is None:
            host, _, port = self.address.rpartition(":")
            source = (self.source, 0) if self.source else None
            self._socket = socket.create_connection((host, int(port)), 30, source)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(raw)
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._more()
        head, _, rest = found.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if length:
            while len(rest) < int(length[1]):
                rest += self._more()
            body = rest
        elif b"chunked" in head:
            while not rest.endswith(b"0\r\n\r\n"):
                rest += self._more()
            body = _unchunked(rest)
        else:
            body = rest
        size = len(head) + 4 + len(rest)
        return Answer(int(head[9:12]), head, body, size, time.perf_counter() - begun)

    def _more(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(65536)
        if not piece:
            raise ConnectionError
        return piece


def _unchunked(rest: bytes) -> bytes:
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
        if not length:
            break
    return body

"""A web worker that waits for slow browsers without a thread.

gunicorn gives each connection to a thread, which then waits for its bytes: forty strangers who send one byte
now and then would hold forty threads. Here the loop that watches all connections gathers what arrives, in
memory, and a thread is given a request once all of it is there.

A file is larger, and comes from a phone at its own pace. It is gathered only for somebody who is signed in, two of
them at a time; whoever comes next waits in line, and nothing of theirs is read until it is their turn. A small one
waits in the same line, since it may take as long to read: whoever is in line holds no thread.
"""

import re
import socket
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread

from ibasho.web import uploads

PATIENCE = 15.0  # seconds from the first look at a request until all of it has to be there
MOST_HEAD = 32 * 1024  # what stands before the body; nginx hands on no more
MOST_BODY = 256 * 1024  # the limit of settings.py; a longer one is refused by its first lines
MOST_HELD = 24 * 1024 * 1024  # of all that arrived in part; files have a bound of their own:
MOST_FILE = (
    8 * 1024 * 1024 + 64 * 1024
)  # the limit of settings.py, and no more than `uploads.AT_ONCE` of them
STEADY = 32 * 1024  # bytes of a file within PATIENCE: 2 kB a second is still a phone, less is nobody
FILE_PATIENCE = 115.0  # seconds for a whole file: a visit locks after two minutes without a sign (DOMAIN 5.4)
LINE_PATIENCE = 60.0  # seconds in line

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_KIND = re.compile(rb"\r\ncontent-type:[ \t]*([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_COOKIES = re.compile(rb"\r\ncookie:[ \t]*([^\r\n]*)(?=\r\n)", re.IGNORECASE)
_PIECE = 64 * 1024
_END = b"\r\n\r\n"

# What a page did not read of its request is not waited for either.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.2


class Gathered(SocketUnreader):  # type: ignore[misc]
    """Gives a large body that has arrived in pieces: in one, it would be copied anew with each of them."""

    def __init__(self, sock: socket.socket, arrived: bytearray) -> None:
        super().__init__(sock)
        self._arrived, self._given = arrived, 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece; once all were given, what else the connection says."""
        piece = bytes(self._arrived[self._given : self._given + _PIECE])
        if not piece:
            self._arrived = bytearray()
            return bytes(super().chunk(size_hint))
        self._given += len(piece)
        return piece


class Visit(gthread.TConn):  # type: ignore[misc]
    """A connection, and what has arrived of its next request."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.timeout = 0.0  # when it is let go; 0 while a thread has it
        self.arrived = bytearray()
        self.needed = 0  # bytes of a whole request, once its first lines have said so
        self.brings_file = ""  # the cookies of somebody who may send a file, and does
        self.has_place = False  # it is this one's turn
        self._latest = 0.0  # the end of all patience with a file
        self._steady = 0  # bytes that have to be there for more of it

    @property
    def waits_in_line(self) -> bool:
        """A file for which there is no place yet."""
        return bool(self.brings_file) and not self.has_place

    def gather(self) -> bool:
        """Whether a whole request is there. Raises OSError when nobody is, LimitRequestHeaders."""
        if not self.timeout:
            self.timeout = time.monotonic() + PATIENCE
            self.needed, self.brings_file, self.has_place = 0, "", False
            self.sock.setblocking(False)
            if self.parser is not None:  # what was read beyond the request before
                self.arrived += self.parser.unreader.take_buffered()
        while not self._is_whole():
            if self.waits_in_line:
                return False
            try:
                piece = self.sock.recv(
                    min(_PIECE, self.needed - len(self.arrived)) if self.has_place else _PIECE
                )
            except BlockingIOError:
                return False
            if not piece:
                raise ConnectionResetError
            self.arrived += piece
            if self.has_place and len(self.arrived) >= self._steady:
                self._go_on()
        if self.waits_in_line:
            return False
        self.timeout = 0.0
        self.data_ready = True
        return True

    def take_place(self) -> None:
        """It is this file's turn. Raises OSError when whoever sent all of it has gone: nobody would hear the answer."""
        if self._is_whole():
            with suppress(BlockingIOError):
                if not self.sock.recv(1, socket.MSG_PEEK):
                    raise ConnectionResetError
        self.has_place = True
        self._latest = time.monotonic() + FILE_PATIENCE
        self._go_on()

    def _go_on(self) -> None:
        """What comes steadily is waited for."""
        self._steady = len(self.arrived) + STEADY
        self.timeout = min(time.monotonic() + PATIENCE, self._latest)

    def _is_whole(self) -> bool:
        if not self.needed:
            end = self.arrived.find(_END)
            if end < 0:
                if len(self.arrived) > MOST_HEAD:
                    raise errors.LimitRequestHeaders("")
                return False
            length = _LENGTH.search(self.arrived, 0, end + 2)
            body = int(length[1]) if length else 0
            if body <= MOST_FILE:
                self.brings_file = self._file_of(bytes(self.arrived[: end + 2]))
            gathered = body <= MOST_BODY or self.brings_file
            self.needed = end + len(_END) + (body if gathered else 0)
        return len(self.arrived) >= self.needed

    def _file_of(self, head: bytes) -> str:
        """The cookies of somebody who may send a file, or nothing."""
        method, _space, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        if method != "POST":
            return ""
        kinds, cookies = _KIND.findall(head), _COOKIES.findall(head)
        if len(kinds) != 1 or len(cookies) != 1:
            return ""
        path, said = rest.partition(" ")[0].partition("?")[0], cookies[0].decode("latin-1").rstrip()
        return said if uploads.is_welcome(method, path, kinds[0].decode("latin-1"), said) else ""

    def init(self) -> None:
        """In a thread: the parser begins with what has arrived."""
        super().init()
        if self.has_place and len(self.arrived) <= self.needed:
            self.parser.unreader = Gathered(self.sock, self.arrived)
        elif self.arrived:
            self.parser.unreader.unread(bytes(self.arrived))
        self.arrived = bytearray()

    def close(self, graceful: bool = False) -> None:
        """End it at once: gunicorn would let everybody wait for a browser that does not hang up."""
        with suppress(OSError):
            self.sock.setblocking(False)
            if graceful:
                self.sock.shutdown(socket.SHUT_WR)
                self.sock.recv(64 * 1024)  # what lies there unread would take the answer with it
        util.close(self.sock)


class PatientWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """A thread is for a whole request; whatever is still on its way waits here."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self.files: set[Visit] = set()  # from the first byte to the answer
        self.line: deque[Visit] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Greet a new connection."""
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(Visit(self.cfg, sock, address, listener.getsockname()))

    def enqueue_req(self, conn: Visit) -> None:
        """Give the next request of a connection to a thread, or wait for the rest of it."""
        try:
            whole = conn.gather()
            if conn.waits_in_line and len(self.files) < uploads.AT_ONCE:
                self.files.add(conn)
                uploads.let_in(conn.brings_file)
                conn.take_place()
                whole = conn.gather()
            if whole:
                super().enqueue_req(conn)
                return
        except errors.LimitRequestHeaders as error:
            self.handle_error(None, conn.sock, conn.client, error)
            self._end(conn)
            return
        except OSError:
            self._end(conn)
            return
        self.pending_conns.append(conn)
        if conn.waits_in_line:
            conn.timeout = time.monotonic() + LINE_PATIENCE
            self.line.append(conn)
        else:
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
        self._make_room()

    def finish_request(self, conn: Visit, fs: Any) -> None:
        """A request was answered; where it brought a file, the next in line may send theirs."""
        self._give_up_place(conn)
        super().finish_request(conn, fs)
        self._call_next()

    def _give_up_place(self, conn: Visit) -> None:
        if conn in self.files:
            self.files.remove(conn)
            uploads.let_out(conn.brings_file)

    def _call_next(self) -> None:
        while self.line and len(self.files) < uploads.AT_ONCE:
            conn = self.line.popleft()
            self.pending_conns.remove(conn)
            self.enqueue_req(conn)

    def on_client_socket_readable(self, conn: Visit, client: socket.socket) -> None:
        """The next request of a connection that was kept begins to arrive."""
        conn.timeout = 0.0
        super().on_client_socket_readable(conn, client)

    def murder_pending(self) -> None:
        """Let go of requests that did not arrive in time."""
        now = time.monotonic()
        self._let_go([conn for conn in self.pending_conns if conn.timeout <= now])
        self._call_next()

    def _make_room(self) -> None:
        """When too much is on its way: without who waits the longest, or sends the most."""
        if self.nr_conns >= self.worker_connections:
            self._let_go([min(self.pending_conns, key=lambda conn: conn.timeout)])
        forms = [conn for conn in self.pending_conns if not conn.has_place]
        if sum(len(conn.arrived) for conn in forms) > MOST_HELD:
            self._let_go([max(forms, key=lambda conn: len(conn.arrived))])

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that is to go waits no longer for connections on which nothing has been said."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if not conn.arrived:
                conn.timeout = min(conn.timeout, deadline)

    def _let_go(self, those: Iterable[Visit]) -> None:
        for conn in those:
            self.pending_conns.remove(conn)
            if conn in self.line:
                self.line.remove(conn)
            else:
                self.poller.unregister(conn.sock)
            self._end(conn)

    def _end(self, conn: Visit) -> None:
        self._give_up_place(conn)
        self.nr_conns -= 1
        conn.close(graceful=True)

"""A web worker that waits for slow browsers without a thread.

gunicorn gives each connection to a thread, which then waits for its bytes: forty strangers who send one byte
now and then would hold forty threads. Here the loop that watches all connections gathers what arrives, in
memory, and a thread is given a request once all of it is there.
"""

import re
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers import gthread

PATIENCE = 15.0  # seconds from the first look at a request until all of it has to be there
MOST_HEAD = 32 * 1024  # what stands before the body; nginx hands on no more
MOST_BODY = 256 * 1024  # the limit of settings.py; a longer one is refused by its first lines
MOST_HELD = 24 * 1024 * 1024  # of all that arrived in part

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_END = b"\r\n\r\n"

# What a page did not read of its request is not waited for either.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.2


class Visit(gthread.TConn):  # type: ignore[misc]
    """A connection, and what has arrived of its next request."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.timeout = 0.0  # when it is let go; 0 while a thread has it
        self.arrived = bytearray()
        self.needed = 0  # bytes of a whole request, once its first lines have said so

    def gather(self) -> bool:
        """Whether a whole request is there. Raises OSError when nobody is, LimitRequestHeaders."""
        if not self.timeout:
            self.timeout = time.monotonic() + PATIENCE
            self.needed = 0
            self.sock.setblocking(False)
            if self.parser is not None:  # what was read beyond the request before
                self.arrived += self.parser.unreader.take_buffered()
        while not self._is_whole():
            try:
                piece = self.sock.recv(64 * 1024)
            except BlockingIOError:
                return False
            if not piece:
                raise ConnectionResetError
            self.arrived += piece
        self.timeout = 0.0
        self.data_ready = True
        return True

    def _is_whole(self) -> bool:
        if not self.needed:
            end = self.arrived.find(_END)
            if end < 0:
                if len(self.arrived) > MOST_HEAD:
                    raise errors.LimitRequestHeaders("")
                return False
            length = _LENGTH.search(self.arrived, 0, end + 2)
            body = int(length[1]) if length else 0
            self.needed = end + len(_END) + (body if body <= MOST_BODY else 0)
        return len(self.arrived) >= self.needed

    def init(self) -> None:
        """In a thread: the parser begins with what has arrived."""
        super().init()
        if self.arrived:
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
            if conn.gather():
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
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))
        self._make_room()

    def on_client_socket_readable(self, conn: Visit, client: socket.socket) -> None:
        """The next request of a connection that was kept begins to arrive."""
        conn.timeout = 0.0
        super().on_client_socket_readable(conn, client)

    def murder_pending(self) -> None:
        """Let go of requests that did not arrive in time."""
        now = time.monotonic()
        self._let_go([conn for conn in self.pending_conns if conn.timeout <= now])

    def _make_room(self) -> None:
        """When too much is on its way: without who waits the longest, or sends the most."""
        if self.nr_conns >= self.worker_connections:
            self._let_go([min(self.pending_conns, key=lambda conn: conn.timeout)])
        if sum(len(conn.arrived) for conn in self.pending_conns) > MOST_HELD:
            self._let_go([max(self.pending_conns, key=lambda conn: len(conn.arrived))])

    def _cap_keepalive(self, deadline: float) -> None:
        """A worker that is to go waits no longer for connections on which nothing has been said."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if not conn.arrived:
                conn.timeout = min(conn.timeout, deadline)

    def _let_go(self, those: Iterable[Visit]) -> None:
        for conn in those:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self._end(conn)

    def _end(self, conn: Visit) -> None:
        self.nr_conns -= 1
        conn.close(graceful=True)

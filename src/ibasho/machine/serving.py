"""The web server: gunicorn with threads, loaded once, renewed often, silent about what passes through.

Run as a child of `ibasho up`: `python -m ibasho.machine.serving BIND WORKERS PAGE_THREADS`. The vault is
opened before the workers are forked, so that BOOT (VAULT 2) lives in the master's memory and every worker
that follows inherits it. The master itself never sees a request. Decision 0003 says why threads, and why
sign-ins need no pool of their own.
"""

import gc
import logging
import os
import socket
import struct
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from gunicorn import glogging, util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http import errors

from ibasho.machine import guard
from ibasho.machine.patience import PatientWorker
from ibasho.web.logs import OnceAnHour, QuietFormatter

GRACE = 8  # seconds a worker may finish what it began: longer than anybody waits at the door (6 s)
SILENCE = 10  # seconds we wait for a browser to take more of an answer, or send more of what we read away
SEND_AHEAD = 200 * 1024  # bytes of an answer that the kernel keeps for a slow browser: any page
READY = "ready"

# What gunicorn itself answers, before a page of ours could.
_UNREADABLE = {
    errors.LimitRequestLine: "414 URI Too Long",
    errors.LimitRequestHeaders: "431 Request Header Fields Too Large",
    errors.ExpectationFailed: "417 Expectation Failed",
}
_SAID = b"Something about what the browser sent could not be read. Nothing was changed."


class QuietLogger(glogging.Logger):  # type: ignore[misc]
    """Says the hour, the kind and the line of code. No message, no address, no access log."""

    def _set_handler(
        self, log: logging.Logger, output: str | None, fmt: logging.Formatter, stream: TextIO | None = None
    ) -> None:
        super()._set_handler(log, output, QuietFormatter(), stream)
        for handler in log.handlers:
            handler.addFilter(OnceAnHour())

    def critical(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.error_log.critical("critical", exc_info=kwargs.get("exc_info"), stacklevel=2)

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.error_log.error("error", exc_info=kwargs.get("exc_info"), stacklevel=2)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.error_log.error("error", exc_info=True, stacklevel=2)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        self.error_log.warning("warning", exc_info=kwargs.get("exc_info"), stacklevel=2)

    def info(self, msg: object, *args: object, **kwargs: Any) -> None:
        return

    debug = info

    def log(self, lvl: int, msg: object, *args: object, **kwargs: Any) -> None:
        return

    def access(self, *args: object) -> None:
        return


class QuietWorker(PatientWorker):
    """Repeats nothing of a request that could not be read, neither to the log nor to the browser."""

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        status = "400 Bad Request"
        if not isinstance(exc, errors.ParseException | errors.ExpectationFailed):
            self.log.exception("error")
            status = "500 Internal Server Error"
        status = _UNREADABLE.get(type(exc), status)
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {len(_SAID)}\r\n\r\n"
        )
        with suppress(OSError):
            util.write_nonblock(client, head.encode() + _SAID)


class House(BaseApplication):  # type: ignore[misc]
    """Ibasho as gunicorn serves it."""

    def __init__(self, bind: str, workers: int, page_threads: int) -> None:
        self.bind, self.workers, self.page_threads = bind, workers, page_threads
        super().__init__()

    def load_config(self) -> None:
        for name, value in settings(self.bind, self.workers, self.page_threads).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from ibasho import vault

        data, run = Path(os.environ["IBASHO_DATA"]), Path(os.environ["IBASHO_RUN"])
        vault.configure(data, run, os.environ.get("DATABASE_URL", ""), make=True)
        _let_old_copies_go()
        application = util.import_app("ibasho.wsgi:application")
        from django.urls import get_resolver

        _ = (
            get_resolver().url_patterns
        )  # every page is loaded here, so that a fresh worker has nothing to load
        gc.collect()
        gc.freeze()  # what all workers share stays shared
        return application


def _let_old_copies_go() -> None:
    """Copies grow old while a machine is off as well; nobody waits for the night to let them go."""
    from ibasho.errors import IbashoError
    from ibasho.machine import backup

    to = os.environ.get("IBASHO_BACKUP", "")
    with suppress(IbashoError):  # a folder that cannot be reached keeps nobody out; `ibasho check` names it
        if to:
            backup.prune_as_promised(Path(to))


def settings(bind: str, workers: int, page_threads: int) -> dict[str, Any]:
    """What gunicorn is told, one line for each thing that would otherwise be another way."""
    from ibasho.vault.throttle import MOST_WAITING

    threads = page_threads + MOST_WAITING
    return {
        "bind": bind,
        "workers": workers,
        "worker_class": QuietWorker,
        "threads": threads,  # as many may wait at the door, and pages still have all of theirs
        "worker_connections": threads + 500,
        "preload_app": True,  # BOOT is made before the fork, and outlives every worker
        "max_requests": 0,  # renewal is by note and by age: decision 0003
        "worker_tmp_dir": os.environ["IBASHO_RUN"],  # in memory
        "control_socket_disable": True,
        "umask": 0o077,
        "timeout": 30,
        "graceful_timeout": GRACE,
        "keepalive": 2,
        "limit_request_line": 2048,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        # Only our own proxy says how it was reached; without one, every stranger on an onion address is 127.0.0.1.
        "forwarded_allow_ips": "127.0.0.1,::1" if os.environ.get("IBASHO_PROXY") == "1" else "",
        "forwarder_headers": "",
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "logger_class": QuietLogger,
        "capture_output": False,
        "proc_name": "ibasho",
        "when_ready": _be_patient_only_so_long,
        "post_worker_init": _begin,
        "worker_exit": _end,
    }


def _be_patient_only_so_long(arbiter: Any) -> None:
    """A browser that stops in the middle of an answer gives its thread back; connections inherit this."""
    for listener in arbiter.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_AHEAD)
        patience = struct.pack("ll", SILENCE, 0)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)


def _begin(worker: Any) -> None:
    """A fresh worker tidies up behind those before it, then says that it is ready."""
    from ibasho import vault

    if not guard.is_hardened():
        raise SystemExit(Arbiter.WORKER_BOOT_ERROR)  # better no page than a page in a core dump
    vault.sessions.sweep()
    with suppress(vault.StorageTrouble):
        vault.tidy()  # where a reader was in the way of emptying the journal
    (vault.current().run / READY).touch(mode=0o600)


def _end(arbiter: Any, worker: Any) -> None:
    """A worker that was told to go goes now, with everything it remembers.

    Without this it would wait for its slowest thread; saves are whole or not at all, whenever it ends.
    """
    if worker.pid == os.getpid():
        os._exit(0)


def main() -> int:
    """Serve until told to stop."""
    guard.harden()
    guard.die_with(int(os.environ["IBASHO_PARENT"]))
    warnings.simplefilter("ignore")  # a warning quotes what it is about
    time.tzset()
    bind, workers, page_threads = sys.argv[1:4]
    from ibasho.vault import NotReady

    try:
        House(bind, int(workers), int(page_threads)).run()
    except NotReady as error:
        print(error.reason, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

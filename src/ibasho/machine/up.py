"""`ibasho up`: keep the web server, renew its workers, and be the clock of the house.

This process is small and holds no secret: it never opens the vault. It starts the server as a child,
listens for the note that somebody left (`vault.sessions.ask_for_fresh_workers`), lets a child of its own
do the work of the night, and keeps another one that rings the bell and does the work of each minute.
"""

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from ibasho.machine import guard, places
from ibasho.machine.places import Declined

PAGE_THREADS = 8
NOTE = "renew"  # in the run folder: replace the workers now
READY = "ready"  # in the run folder: the first worker serves
LOOK_EVERY = 0.3  # seconds
RENEW_GAP = 5.0  # renewals come no closer together than this
RENEW_EVERY = 60.0  # and no further apart
GOODBYE = 12.0  # seconds the server may take to stop
NIGHT_HOUR = 3  # where the programme is; a machine that sleeps at night does the work when it wakes
STAMP = "maintained"
MINUTE_AGAIN = 10.0  # seconds between two starts of the process that rings, should it keep ending


@dataclass(slots=True)
class Renewal:
    """When the workers are replaced: soon after somebody left, and once a minute."""

    last: float
    wanted: bool = False

    def due(self, now: float, *, note: bool) -> bool:
        """Whether to renew now. A note that comes too early is kept until its time."""
        self.wanted = self.wanted or note
        since = now - self.last
        if since >= RENEW_EVERY or (self.wanted and since >= RENEW_GAP):
            self.last, self.wanted = now, False
            return True
        return False


def night_work_is_due(stamp: Path, now: dt.datetime) -> bool:
    """Whether the last night's work lies a day back, or most of one and it is night."""
    try:
        since = now.timestamp() - stamp.stat().st_mtime
    except FileNotFoundError:
        stamp.touch(mode=0o600)
        return False
    return since < 0 or since >= 26 * 3600 or (now.hour == NIGHT_HOUR and since >= 20 * 3600)


def is_loopback(bind: str) -> bool:
    """Whether an address can only be reached from this machine."""
    host = bind.rpartition(":")[0].strip("[]")
    return bind.startswith("unix:") or host in {"localhost", "::1"} or host.startswith("127.")


def up(bind: str, data: Path, workers: int, page_threads: int, *, say_invitation: bool = True) -> int:
    """Serve the programme in `data` until told to stop. Raises Declined."""
    _look_at(bind, workers)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with places.only_one(data):
        run = places.fresh(places.run_folder(data))
        places.sweep_short_lived(run)
        house = _House(bind, data, run, say_invitation)
        try:
            return house.keep(workers, page_threads)
        finally:
            shutil.rmtree(run, ignore_errors=True)


def _look_at(bind: str, workers: int) -> None:
    """Decline, in one sentence, what could not go well."""
    if workers > 1 and not os.environ.get("DATABASE_URL"):
        raise Declined(
            "SQLite is written by one process. Leave out --workers, or set DATABASE_URL to PostgreSQL."
        )
    if not is_loopback(bind) and os.environ.get("IBASHO_HTTPS") != "1":
        raise Declined(
            f"{bind} can be reached from other machines, and without https nobody could sign in there. Bind to "
            "127.0.0.1 behind a proxy (deploy/), or set IBASHO_HTTPS=1 if one stands in front on another machine."
        )
    if bind.startswith("unix:"):
        return
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise Declined(f"{bind} is not an address. Write it as 127.0.0.1:8000.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host.strip("[]"), int(port)))
        except OSError as error:
            raise Declined(
                f"Nothing can listen at {bind}: {error.strerror}. Choose another with --bind."
            ) from None


@dataclass(slots=True)
class _House:
    """One programme while it is up."""

    bind: str
    data: Path
    run: Path
    say_invitation: bool
    stop: threading.Event = field(default_factory=threading.Event)
    night: subprocess.Popen[bytes] | None = None
    minute: subprocess.Popen[bytes] | None = None
    minute_began: float = -MINUTE_AGAIN

    def keep(self, workers: int, page_threads: int) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop.set())
        server = self._start(workers, page_threads)
        try:
            self._wait_until_ready(server)
            if not self.stop.is_set() and server.poll() is None:
                self._welcome()
                self._watch(server)
        finally:
            self._end(server)
        return 0 if self.stop.is_set() else 1

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "IBASHO_DATA": str(self.data.resolve()),
            "IBASHO_RUN": str(self.run),
            "IBASHO_PARENT": str(os.getpid()),
            "DJANGO_SETTINGS_MODULE": "ibasho.settings",
            "MALLOC_ARENA_MAX": "2",  # forty threads need not keep forty heaps
            "PYTHONUNBUFFERED": "1",
        }

    def _start(self, workers: int, page_threads: int) -> subprocess.Popen[bytes]:
        order = [sys.executable, "-m", "ibasho.machine.serving", self.bind, str(workers), str(page_threads)]
        # A session of its own: Ctrl-C reaches this process only, which then ends the server gently.
        return subprocess.Popen(order, env=self._environment(), start_new_session=True)

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        while not (self.run / READY).exists() and server.poll() is None and not self.stop.wait(0.05):
            pass

    def _welcome(self) -> None:
        where = self.bind if self.bind.startswith("unix:") else f"http://{self.bind}/"
        print(f"\nIbasho is open at {where}", flush=True)
        if places.file_system(self.run) not in places.IN_MEMORY:
            print(
                f"Mind: {self.run} is not in memory, so sessions touch a disk. `ibasho check` says more.",
                flush=True,
            )
        if self.say_invitation:
            subprocess.run([sys.executable, "-m", "ibasho", "first", "--data", str(self.data)], check=False)
        print("Ctrl-C stops it.", flush=True)

    def _watch(self, server: subprocess.Popen[bytes]) -> None:
        renewal = Renewal(time.monotonic())
        note = self.run / NOTE
        while not self.stop.wait(LOOK_EVERY) and server.poll() is None:
            left = note.exists()
            if left:
                note.unlink(missing_ok=True)
            if renewal.due(time.monotonic(), note=left):
                server.send_signal(signal.SIGHUP)
            self._work_each_minute()
            self._work_at_night()

    def _work_each_minute(self) -> None:
        """There is a process that rings; one that ended is followed by another."""
        running = self.minute is not None and self.minute.poll() is None
        if not running and time.monotonic() - self.minute_began >= MINUTE_AGAIN:
            self.minute_began = time.monotonic()
            order = [sys.executable, "-m", "ibasho.machine.minute"]
            self.minute = subprocess.Popen(order, env=self._environment(), start_new_session=True)

    def _work_at_night(self) -> None:
        if self.night is not None:
            if self.night.poll() is None:
                return
            self.night = None
        stamp = self.data / STAMP
        if night_work_is_due(stamp, dt.datetime.now().astimezone()):
            stamp.touch(mode=0o600)
            order = [sys.executable, "-m", "ibasho", "maintain", "--data", str(self.data)]
            self.night = subprocess.Popen(order, start_new_session=True)

    def _end(self, server: subprocess.Popen[bytes]) -> None:
        for child in (server, self.minute, self.night):
            if child is None:
                continue
            child.terminate()
            try:
                child.wait(GOODBYE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def prepare() -> None:
    """Harden this process before anything else is done in it."""
    guard.harden()
    zone = os.environ.get("IBASHO_ZONE")
    if zone:
        os.environ["TZ"] = zone
        time.tzset()

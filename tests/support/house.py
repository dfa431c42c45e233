"""A programme that is up: real processes on a loopback address, as `ibasho up` starts them."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.person import until

SOURCE = Path(__file__).resolve().parents[2] / "src"
_OURS = ("DATABASE_URL", "IBASHO_", "DJANGO_", "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "JOURNAL_STREAM")

_OPEN = """
import datetime as dt, os, sys
from pathlib import Path
from ibasho import vault
from ibasho.machine.opened import opened
from ibasho.programme.records import Programme
with opened(Path(sys.argv[1]), make=True):
    run_by, opened_on = "The Thursday people", dt.date(2026, 11, 1)
    vault.set_setting("programme", Programme(run_by=run_by, country="GB", opened_on=opened_on))
"""


_ADDRESS = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "ibasho.settings"
import django
from ibasho.machine.opened import opened
with opened(Path(sys.argv[1])):
    django.setup()
    import ibasho.urls
    from ibasho.web.addresses import address
    print(address(sys.argv[2]))
"""


def environment(**more: str) -> dict[str, str]:
    """A plain environment: what these tests set for themselves does not reach the programme."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    path = os.pathsep.join([str(SOURCE), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return kept | {"PYTHONPATH": path, "PYTHONWARNINGS": "ignore"} | more


def ibasho(*order: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ibasho", *map(str, order)],
        env=environment(**more),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )


def open_programme(data: Path, **more: str) -> None:
    """Make a programme whose doors are open, so that members can join."""
    subprocess.run([sys.executable, "-c", _OPEN, str(data)], env=environment(**more), check=True)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class House:
    """A programme that is up."""

    address: str
    data: Path
    process: subprocess.Popen[bytes]
    output: Path
    more: dict[str, str]

    def invite(self, kind: str = "member") -> str:
        """Words for an invitation, from the command line."""
        done = ibasho("invite", kind, "--data", self.data, **self.more)
        assert done.returncode == 0, done.stderr
        return invitation_in(done.stdout)

    @property
    def said(self) -> str:
        """What it printed so far, on both streams."""
        return self.output.read_text("utf-8", "replace")

    @property
    def first_invitation(self) -> str:
        return invitation_in(self.said)

    @property
    def master(self) -> int:
        """The process that keeps the workers."""
        return next(pid for pid in children(self.process.pid) if "serving" in order_of(pid))

    def address_of(self, page: str) -> str:
        """Where a private page of this programme is: its code is made with the programme's own pepper."""
        done = subprocess.run(
            [sys.executable, "-c", _ADDRESS, str(self.data), page],
            env=environment(**self.more),
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def workers(self) -> list[int]:
        return children(self.master)

    def family(self) -> list[int]:
        """Every process of this programme."""
        found, new = [], [self.process.pid]
        while new:
            pid = new.pop()
            found.append(pid)
            new += children(pid)
        return found

    @property
    def run(self) -> Path:
        """Its folder in memory."""
        for line in Path(f"/proc/{self.master}/environ").read_bytes().split(b"\0"):
            if line.startswith(b"IBASHO_RUN="):
                return Path(os.fsdecode(line.partition(b"=")[2]))
        raise AssertionError("the server was not told its run folder")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and wait until it has."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)


def invitation_in(text: str) -> str:
    found = re.search(r"^    (\S+ \S+ \S+ \S+ \S+)$", text, re.M)
    assert found, text
    return found[1]


def children(pid: int) -> list[int]:
    """The processes a process started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def order_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


@contextmanager
def up(
    data: Path, *, command: str = "up", port: int = 0, options: tuple[str, ...] = (), **more: str
) -> Iterator[House]:
    """A programme that is up until the end of the block; with `demo`, the one of invented people."""
    address = f"127.0.0.1:{port or free_port()}"
    output = data.with_name(f"{data.name}.output")
    with output.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "ibasho", command, "--bind", address, "--data", str(data), *options],
            env=environment(**more),
            stdout=said,
            stderr=said,
            stdin=subprocess.DEVNULL,
        )
    house = House(address, data, process, output, more)
    begun = len(house.said)
    try:
        assert until(lambda: "Ctrl-C" in house.said[begun:] or process.poll() is not None, seconds=90), (
            house.said
        )
        assert process.poll() is None, house.said
        yield house
    finally:
        house.stop()

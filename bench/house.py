"""A programme that is up as `ibasho up` keeps it: its processes, what they take, and their end."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.browser import Answer, Browser

READY_WITHIN = 30.0
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_FIELD = re.compile(r'name="(csrfmiddlewaretoken|ticket)" value="([^"]*)"')


@dataclass(frozen=True)
class Up:
    """A running programme, from outside."""

    address: str
    pid: int

    def family(self) -> list[int]:
        """Every process of it: the keeper, the server, its workers."""
        found, new = [], [self.pid]
        while new:
            pid = new.pop()
            found.append(pid)
            new += _children(pid)
        return found

    def cpu(self) -> float:
        """Seconds of processor time that the family has used."""
        return sum(_cpu(pid) for pid in self.family())

    def memory(self) -> tuple[int, int]:
        """Bytes of the whole family: proportional (PSS), and resident (RSS), which counts what is shared again.

        PSS is 0 where this user may not read it: the processes are hardened, so that only root may look.
        """
        pids = self.family()
        return sum(map(_pss, pids)), sum(map(_rss, pids))


@contextmanager
def up(data: Path) -> Iterator[Up]:
    """`ibasho up` in a process of its own, ended when the block ends."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{trial.getsockname()[1]}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IBASHO_", "DJANGO_"))}
    source = str(Path(__file__).resolve().parents[1] / "src")
    process = subprocess.Popen(
        [sys.executable, "-m", "ibasho", "up", "--bind", address, "--data", str(data)],
        env=kept | {"PYTHONPATH": source},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # it logs each time it is busy
        stdin=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + READY_WITHIN
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("ibasho up did not come up")
            time.sleep(0.05)
        yield Up(address, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def form_fields(browser: Browser, answer: Answer) -> dict[str, str]:
    """The hidden fields of the form at the door."""
    return dict(_FIELD.findall(browser.text(answer)))


def sign_in(browser: Browser, words: str) -> None:
    """Come in by the front door, as slowly as a person does."""
    fields = form_fields(browser, browser.get("/"))
    time.sleep(2.1)
    status = browser.post("/", fields | {"words": words}).status
    if status != 303:
        raise SystemExit(f"the door answered {status}")


def _answers(address: str) -> bool:
    try:
        return Browser(address).get("/").status == 200
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / _TICK


def _pss(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _rss(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0

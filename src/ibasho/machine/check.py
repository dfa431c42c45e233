"""`ibasho check`: every mistake an installer can make, in one sentence each.

A mistake is serious when a promise of SECURITY.md does not hold with it. The rest are told, so that whoever
runs the machine can decide.
"""

import datetime as dt
import hashlib
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ibasho import jail, vault
from ibasho.bell import ways
from ibasho.machine import backup, places, up
from ibasho.machine.opened import opened, said

LEAST_MEMORY = 350  # MiB: the family at rest, and two people at the door
LEAST_ROOM = 300  # MiB on the disk
OLDEST_SQLITE = (3, 35, 0)
TOLD_FOR = dt.timedelta(days=14)
WHY = {
    "down": "The programme was down for more than a quarter of an hour.",
    "jumped": "The clock of this machine was set by more than a quarter of an hour.",
}
OLDEST_COPY = dt.timedelta(days=3)
RELEASED = 1_793_491_200  # 1 November 2026: no honest clock shows an earlier time


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is not as it should be."""

    sentence: str
    serious: bool = True


@dataclass(frozen=True, slots=True)
class Machine:
    """What the checks look at. Tests bring their own."""

    data: Path
    bind: str = "127.0.0.1:8000"
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    proc: Path = Path("/proc")
    cgroups: Path = Path("/sys/fs/cgroup")
    sqlite: tuple[int, ...] = sqlite3.sqlite_version_info
    jail_holds: Callable[[], bool] = jail.holds

    def said_by(self, name: str) -> str:
        """What a file of the kernel says, or nothing."""
        try:
            return (self.proc / name).read_text("utf-8", "replace")
        except OSError:
            return ""


Check = Callable[[Machine], Iterator[Mistake]]


def check(data: Path, bind: str) -> int:
    """Print every mistake. 1 if one of them is serious."""
    found = list(mistakes(Machine(data, bind)))
    for mistake in sorted(found, key=lambda mistake: not mistake.serious):
        print(f"{'Serious' if mistake.serious else 'Mind   '}  {mistake.sentence}")
    if not found:
        print("Everything is as it should be.")
    return 1 if any(mistake.serious for mistake in found) else 0


def mistakes(machine: Machine) -> Iterator[Mistake]:
    """Everything that is not as it should be."""
    for look in CHECKS:
        yield from look(machine)


# Where things lie ------------------------------------------------------------------------------


def run_folder(machine: Machine) -> Iterator[Mistake]:
    """Sessions belong in memory."""
    base = places.run_base()
    kind = places.file_system(base, machine.proc / "self/mounts")
    if kind not in places.IN_MEMORY:
        yield Mistake(
            f"Sessions would touch a disk: {base} is not on tmpfs. Set IBASHO_RUN to a folder that is."
        )


def swap(machine: Machine) -> Iterator[Mistake]:
    """What is in memory must not be put on a disk behind our back."""
    lines = machine.said_by("swaps").splitlines()[1:]
    if any("zram" not in line for line in lines) and _swap_limit(machine) != "0":
        yield Mistake(
            "Swap is on, so memory may be written to a disk: switch it off, or set MemorySwapMax=0 in the unit "
            "(the unit in deploy/ does)."
        )


def _swap_limit(machine: Machine) -> str:
    """How much of the programme that is up may be swapped out; of this command, when none is up."""
    try:
        process = (machine.data / places.LOCK).read_text() or "self"
    except OSError:
        process = "self"
    said_of_it = machine.said_by(f"{process}/cgroup") or machine.said_by("self/cgroup")
    for line in said_of_it.splitlines():
        if line.startswith("0::"):
            try:
                return (machine.cgroups / line[3:].lstrip("/") / "memory.swap.max").read_text().strip()
            except OSError:
                return ""
    return ""


def core_dumps(machine: Machine) -> Iterator[Mistake]:
    """Our own processes cannot be dumped; others on this machine that see the same pages can."""
    if machine.said_by("sys/kernel/core_pattern").startswith("|"):
        yield Mistake(
            "Core dumps of this machine are handed to a program (kernel.core_pattern). Ibasho's own processes "
            "refuse to be dumped; a proxy in front of it does not.",
            serious=False,
        )


def data_folder(machine: Machine) -> Iterator[Mistake]:
    """The folder of data is nobody else's to read."""
    if not machine.data.is_dir():
        yield Mistake(f"There is no folder {machine.data}. `ibasho up --data {machine.data}` makes it.")
        return
    if machine.data.stat().st_mode & 0o077:
        yield Mistake(f"Others on this machine can look into {machine.data}: chmod 700 {machine.data}.")
    for file in sorted([*machine.data.glob("*.sqlite3*"), *machine.data.glob("release.keys*")]):
        if file.stat().st_mode & 0o077:
            yield Mistake(f"Others on this machine can read {file.name}: chmod 600 {file}.")


def pepper(machine: Machine) -> Iterator[Mistake]:
    """The pepper is there, whole, and for nobody else."""
    path = _pepper(machine)
    try:
        found = path.stat()
    except OSError:
        yield Mistake(f"There is no pepper at {path}; without it no words open a door.")
        return
    if stat.S_IMODE(found.st_mode) & 0o077:
        yield Mistake(f"Others on this machine can read the pepper: chmod 400 {path}.")
    if found.st_size != 48:
        yield Mistake(f"The pepper at {path} is damaged: it should be 48 bytes.")
    if _secrets(machine).resolve().is_relative_to(machine.data.resolve()):
        yield Mistake(
            "The pepper lies beside the database: whoever copies the one has the other. A systemd credential "
            "(deploy/) or IBASHO_SECRETS keeps them apart.",
            serious=False,
        )


def _secrets(machine: Machine) -> Path:
    given = machine.environment.get("CREDENTIALS_DIRECTORY") or machine.environment.get("IBASHO_SECRETS")
    return Path(given) if given else machine.data / "secrets"


def _pepper(machine: Machine) -> Path:
    return _secrets(machine) / "pepper.key"


# Back-ups ---------------------------------------------------------------------------------------


def back_ups(machine: Machine) -> Iterator[Mistake]:
    """A back-up exists, is elsewhere, is sealed, and does not hold the pepper."""
    given = machine.environment.get("IBASHO_BACKUP", "")
    if not given:
        yield Mistake("Nothing is backed up: set IBASHO_BACKUP to a folder on another disk.", serious=False)
        return
    to, data = Path(given), machine.data.resolve()
    place = to.resolve()
    if _pepper(machine).resolve().is_relative_to(place) or next(place.rglob("pepper*.key"), None):
        yield Mistake(f"The pepper lies in the back-up folder {to}: a thief of one would have both.")
    if place.is_relative_to(data) or data.is_relative_to(place):
        yield Mistake(
            f"The back-up folder {to} and the database lie in one place, and would be lost together."
        )
    elif to.is_dir() and data.is_dir() and to.stat().st_dev == data.stat().st_dev:
        yield Mistake(f"The back-up folder {to} is on the same disk as the database.", serious=False)
    if not machine.environment.get("IBASHO_RECIPIENT"):
        yield Mistake(
            "Back-ups are not sealed for a key of yours: set IBASHO_RECIPIENT (age-keygen).", serious=False
        )
    yield from _age_of_copies(to)
    if to.is_dir() and to.stat().st_mode & 0o077:
        yield Mistake(f"Others on this machine can look into {to}: chmod 700 {to}.", serious=False)


def _age_of_copies(to: Path) -> Iterator[Mistake]:
    """One is made each night; what stopped that was said in a journal nobody reads."""
    if not to.is_dir() and not os.access(to.parent, os.W_OK):
        yield Mistake(f"There is no folder {to} for back-ups, and none can be made there: make it.")
    copies = backup.copies_in(to, "main") if to.is_dir() else []
    if copies and dt.datetime.now(dt.UTC) - copies[-1].made > OLDEST_COPY:
        yield Mistake(
            f"The newest copy in {to} is of {copies[-1].made:%Y-%m-%d}: the work of the night does not reach it. "
            f"`ibasho backup --to {to}` says why."
        )


# The machine ------------------------------------------------------------------------------------


def memory(machine: Machine) -> Iterator[Mistake]:
    """There is room for two people at the door."""
    for line in machine.said_by("meminfo").splitlines():
        if line.startswith("MemAvailable:") and int(line.split()[1]) // 1024 < LEAST_MEMORY:
            yield Mistake(
                f"Only {int(line.split()[1]) // 1024} MiB of memory are free; Ibasho wants {LEAST_MEMORY}."
            )


def disk(machine: Machine) -> Iterator[Mistake]:
    """There is room to keep what people write."""
    if machine.data.is_dir() and shutil.disk_usage(machine.data).free < LEAST_ROOM << 20:
        yield Mistake(f"The disk is nearly full: {machine.data} has less than {LEAST_ROOM} MiB left.")


def clock(machine: Machine) -> Iterator[Mistake]:
    """The clock shows a time that can be true."""
    now = time.time()
    if now < RELEASED:
        yield Mistake("The clock is wrong: it shows a time before this version of Ibasho was made.")
    elif any(path.stat().st_mtime > now + 120 for path in machine.data.glob("*.sqlite3")):
        yield Mistake("The clock went back: the database was written at a time that has not come yet.")
    zone = machine.environment.get("IBASHO_ZONE", "")
    if not zone:
        yield Mistake(
            "No time zone is set: days begin at midnight UTC. Set IBASHO_ZONE=Europe/Madrid.", serious=False
        )
    elif not Path("/usr/share/zoneinfo", zone).is_file():
        yield Mistake(f"There is no time zone {zone}.")


def python(machine: Machine) -> Iterator[Mistake]:
    """What the vault is made of is there."""
    if not {"sha256", "sha512", "shake_256"} <= hashlib.algorithms_available:
        yield Mistake("This Python was built without SHA-512 or SHAKE-256. Debian's python3 has them.")
    if machine.sqlite < OLDEST_SQLITE:
        found, wanted = (".".join(map(str, version)) for version in (machine.sqlite, OLDEST_SQLITE))
        yield Mistake(f"This Python brings SQLite {found}; Ibasho wants {wanted} or newer.")
    if sys.flags.dev_mode or os.environ.get("PYTHONFAULTHANDLER"):
        yield Mistake("Python runs in development mode, which may print what it was doing.")


def pictures(machine: Machine) -> Iterator[Mistake]:
    """What reads a picture can be shut in."""
    if not machine.jail_holds():
        yield Mistake(
            "Pictures are turned away: on this kernel what reads them cannot be kept from everything else (seccomp, on "
            "x86_64 or aarch64).",
            serious=False,
        )


# How people reach it ----------------------------------------------------------------------------


def https(machine: Machine) -> Iterator[Mistake]:
    """Nobody's words travel in the clear."""
    if machine.environment.get("IBASHO_HTTPS") == "1":
        if up.is_loopback(machine.bind) and machine.environment.get("IBASHO_PROXY") != "1":
            yield Mistake(
                "A proxy stands in front and IBASHO_PROXY is not 1: everybody looks like one visitor, so nobody who "
                "guesses at words is slowed down. Set it, once the proxy says X-Real-IP (deploy/nginx.conf does)."
            )
        return
    if not up.is_loopback(machine.bind):
        yield Mistake(f"{machine.bind} is reached without https: words would travel in the clear.")
    hosts = [host.strip() for host in machine.environment.get("IBASHO_HOSTS", "").split(",") if host.strip()]
    outside = [host for host in hosts if not _is_here(host)]
    if outside:
        yield Mistake(
            f"People are to reach {outside[0]}, and IBASHO_HTTPS is not 1: browsers will not keep them signed in."
        )


def _is_here(host: str) -> bool:
    return host in {"localhost", "[::1]"} or host.startswith("127.") or host.endswith(".onion")


# The programme ----------------------------------------------------------------------------------


def programme(machine: Machine) -> Iterator[Mistake]:
    """The database answers, and the programme has been set up."""
    from ibasho.programme import access

    try:
        with opened(machine.data):
            if not vault.counts().doors:
                yield Mistake("Nobody has joined yet: ibasho invite facilitator.", serious=False)
            elif not access.is_open():
                yield Mistake(
                    "The programme is not set up yet: a facilitator does it, once signed in.", serious=False
                )
    except vault.StorageTrouble:
        where = "DATABASE_URL" if machine.environment.get("DATABASE_URL") else str(machine.data)
        yield Mistake(f"The database at {where} does not answer.")
    except vault.NotReady:
        return  # said already
    except places.Declined as error:
        yield Mistake(said(error), serious=False)


def silences(machine: Machine) -> Iterator[Mistake]:
    """What people left for a friend, in case they go quiet, can go out, and on its day."""
    from ibasho.programme import access

    try:
        with opened(machine.data):
            house, lost = vault.running.read(vault.current()), vault.release.lost()
            stopped, unread = access.clocks_stopped(), vault.release.without_reader()
            broken = vault.release.unreadable()
    except (vault.NotReady, vault.StorageTrouble, places.Declined):
        return  # said already
    if lost:
        yield Mistake(
            f"{lost} sealed messages cannot go out: what opens their outer layer is not in release.keys, as after a "
            "copy was brought to another machine. Each is sealed anew when its writer next comes by."
        )
    if broken:
        yield Mistake(
            f"{broken} rows of the table of timers do not open: they were sealed under another pepper, or damaged. "
            "Messages among them are sealed anew when their writers next come by."
        )
    if unread:
        yield Mistake(
            f"{unread} sealed messages found nobody when their hour came: whoever they were for had left. Each writer "
            "reads it when they next come by.",
            serious=False,
        )
    if stopped:
        yield Mistake("What goes out by itself is stopped, until a facilitator lets it run.", serious=False)
    if house is not None and house.why in WHY and time.time() - house.since < TOLD_FOR.total_seconds():
        at = dt.datetime.fromtimestamp(house.since, dt.UTC)
        yield Mistake(
            f"{WHY[house.why]} All waiting for people who are quiet began anew on {at:%Y-%m-%d %H:%M} UTC.",
            serious=False,
        )


def bell(machine: Machine) -> Iterator[Mistake]:
    """What is set for the bell is whole, so that whoever turns it on is rung."""
    given = machine.environment.get
    smtp, sender, push = given("IBASHO_SMTP", ""), given("IBASHO_SENDER", ""), given("IBASHO_PUSH", "")
    try:
        host = ways.read_mail_host(smtp) if smtp else None
    except ValueError:
        yield Mistake(
            "IBASHO_SMTP cannot be read. Write it as smtp://name:password@mail.example.org:587; signs such as / or @ "
            "in the password as %2F or %40.",
            serious=False,
        )
        return
    if bool(host) != bool(sender) or (sender and "@" not in sender):
        yield Mistake("Letters need both: IBASHO_SMTP, and an address in IBASHO_SENDER.", serious=False)
    if (host or push) and not (given("IBASHO_SITE") or given("IBASHO_HTTPS") == "1"):
        yield Mistake(
            "A bell has nowhere to lead: set IBASHO_SITE to the address people come to.", serious=False
        )


CHECKS: tuple[Check, ...] = (
    run_folder,
    swap,
    core_dumps,
    data_folder,
    pepper,
    back_ups,
    memory,
    disk,
    clock,
    python,
    pictures,
    https,
    bell,
    programme,
    silences,
)

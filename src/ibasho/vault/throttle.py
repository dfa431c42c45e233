"""Who may try, how often, and how many at once (VAULT 4.2-4.5).

Limits keep the house standing; secrecy does not rest on them. What is counted lies in memory
(tmpfs) under keys that change every ten minutes and die with the process.
"""

import fcntl
import ipaddress
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import BadTicket, BadWords, Busy, TooManyTries

SLOTS = 2  # Argon2 runs at once over all processes: 128 MiB at most
LONGEST_WAIT = 6.0  # seconds
MOST_WAITING = 32  # people at the door at once, in one process
TRIES = 10  # in one epoch, for one network
MOST_OF_ONE = 8  # of those at the door, from one network: a group that sits in one room
EPOCH = 600  # seconds

_waiting = threading.BoundedSemaphore(MOST_WAITING)
_trying: Counter[bytes] = Counter()  # who is at the door just now, by network; empty when nobody is
_trying_lock = threading.Lock()


def stretched(vault: Vault, words: str, purpose: str) -> bytes:
    """Run Argon2 over canonical words when it is this caller's turn. Raises Busy after 6 s."""
    with _slot(vault.run / "slots"):
        return suite.stretch(words, salt=vault.salt, pepper=vault.pepper, purpose=purpose)


def wait_at_the_door(seconds: float) -> None:
    """Let a form that came too soon wait, among the few who may wait at once. Raises Busy."""
    with _room():
        time.sleep(seconds)


@contextmanager
def _room() -> Iterator[None]:
    """Stand among those at the door. Bounded, so that pages always find a thread (decision 0003)."""
    if not _waiting.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _waiting.release()


@contextmanager
def _slot(folder: Path) -> Iterator[None]:
    """Hold one of the slots. The kernel frees it if the process dies."""
    with _room():
        folder.mkdir(mode=0o700, exist_ok=True)
        until = time.monotonic() + LONGEST_WAIT
        while True:
            for number in range(SLOTS):
                handle = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    continue
                try:
                    yield
                finally:
                    os.close(handle)
                return
            if time.monotonic() > until:
                raise Busy
            time.sleep(0.02)


def _network(address: str) -> bytes | None:
    """The /24 or /48 an address belongs to. None where it tells nobody apart.

    Behind an onion address, or a proxy that says nothing, everybody is this machine itself: refusing one would
    refuse all. Guesses are bounded there as well, by the two slots, and six words outlast them (VAULT 4.2).
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip.is_loopback or ip.is_unspecified:
        return None
    return ip.packed[:3] if ip.version == 4 else ip.packed[:6]


class Tries:
    """Counts failed tries per network, without writing an address anywhere.

    One file per network and epoch, named by 8 bytes of an HMAC under a key from BOOT; its size is
    the count. Epochs older than the last are removed as new ones begin.

        with Tries(address):        # raises TooManyTries; Busy while many of this network stand at the door
            open_door(words)

    A try that went well is not counted, nor one that was never made: a busy door, words on no list, a form
    that is too old. `always`: one that went well is counted too, where it leaves something behind.
    """

    def __init__(self, address: str, *, always: bool = False) -> None:
        self._always = always
        network = _network(address)
        self._name = b""
        if network is None:
            return
        vault = core.current()
        epoch = int(clock.now() // EPOCH)
        self._folder = vault.run / "tries"
        self._place = self._folder / str(epoch)
        self._name = suite.tag(vault.boot, suite.ctx("network", epoch, network), 8)
        self._file = self._place / self._name.hex()

    def __enter__(self) -> None:
        """Refuse when this network has failed too often, or has enough people at the door."""
        if not self._name:
            return
        if self._file.exists() and self._file.stat().st_size >= TRIES:
            raise TooManyTries
        with _trying_lock:
            if _trying[self._name] >= MOST_OF_ONE:
                raise Busy
            _trying[self._name] += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Count it when it failed: people who get in do not use up their neighbours' tries."""
        if not self._name:
            return
        with _trying_lock:
            _trying[self._name] -= 1
            if not _trying[self._name]:
                del _trying[self._name]
        if not self._always if kind is None else issubclass(kind, Busy | BadWords | BadTicket):
            return
        if not self._place.is_dir():
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _forget_old(self._folder, keep=2)
        with self._file.open("ab", buffering=0) as file:  # appending is one step, however many do it
            file.write(b"\0")


def _forget_old(folder: Path, *, keep: int) -> None:
    epochs = sorted(
        (path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name)
    )
    for epoch in epochs[:-keep]:
        for file in epoch.iterdir():
            file.unlink(missing_ok=True)
        epoch.rmdir()


def use_once(ticket: str) -> None:
    """Mark a form ticket as used. Raises BadTicket the second time (VAULT 4.4)."""
    vault = core.current()
    epoch = int(clock.now() // 3600)
    place = vault.run / "used" / str(epoch)
    if not place.is_dir():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(place.parent, keep=2)
    name = suite.tag(vault.boot, suite.ctx("used", ticket)).hex()
    if any((vault.run / "used" / str(then) / name).exists() for then in (epoch, epoch - 1)):
        raise BadTicket
    try:
        os.close(os.open(place / name, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise BadTicket from None

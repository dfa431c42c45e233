"""Who may try, how often, and how many at once (VAULT 4.2-4.5).

Limits keep the house standing; secrecy does not rest on them. What is counted lies in memory
(tmpfs) under keys that change every ten minutes and die with the process.
"""

import fcntl
import ipaddress
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ibasho.vault import clock, core, suite
from ibasho.vault.core import Vault
from ibasho.vault.errors import BadTicket, Busy, TooManyTries

SLOTS = 2  # Argon2 runs at once over all processes: 128 MiB at most
LONGEST_WAIT = 6.0  # seconds
MOST_WAITING = 32  # people at the door at once, in one process
TRIES = 10  # in one epoch, for one network
EPOCH = 600  # seconds

_waiting = threading.BoundedSemaphore(MOST_WAITING)


def stretched(vault: Vault, words: str, purpose: str) -> bytes:
    """Run Argon2 over canonical words when it is this caller's turn. Raises Busy after 6 s."""
    with _slot(vault.run / "slots"):
        return suite.stretch(words, salt=vault.salt, pepper=vault.pepper, purpose=purpose)


@contextmanager
def _slot(folder: Path) -> Iterator[None]:
    """Hold one of the slots. The kernel frees it if the process dies."""
    if not _waiting.acquire(blocking=False):
        raise Busy
    try:
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
    finally:
        _waiting.release()


def _network(address: str) -> bytes:
    """The /24 or /48 an address belongs to. Something that is no address counts as one network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return b"?"
    return ip.packed[:3] if ip.version == 4 else ip.packed[:6]


class Tries:
    """Counts failed tries per network, without writing an address anywhere.

    One file per network and epoch, named by 8 bytes of an HMAC under a key from BOOT; its size is
    the count. Epochs older than the last are removed as new ones begin.
    """

    def __init__(self, address: str) -> None:
        vault = core.current()
        epoch = int(clock.now() // EPOCH)
        self._folder = vault.run / "tries"
        self._place = self._folder / str(epoch)
        name = suite.tag(vault.boot, suite.ctx("network", epoch, _network(address)), 8)
        self._file = self._place / name.hex()

    def begin(self) -> None:
        """Count a try before it is made, so that many at once are counted too. Raises TooManyTries."""
        if not self._place.is_dir():
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _forget_old(self._folder, keep=2)
        with self._counted() as handle:
            if os.fstat(handle).st_size >= TRIES:
                raise TooManyTries
            os.ftruncate(handle, os.fstat(handle).st_size + 1)

    def succeeded(self) -> None:
        """Take the try back: people who get in do not use up their neighbours' tries."""
        with self._counted() as handle:
            os.ftruncate(handle, max(0, os.fstat(handle).st_size - 1))

    @contextmanager
    def _counted(self) -> Iterator[int]:
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


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

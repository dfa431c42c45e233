"""A child process for reading what a stranger made (VAULT 10): it sees the bytes, and nothing else.

A room that takes in files names its parser with `@jail.parser("name")`; `run` starts a fresh Python, takes
everything away from it, and only then gives it the bytes. It has no environment, no files it could write,
no network, no other process, 400 MiB and five seconds; what it says is taken as bytes and no further. There
is one child at a time, because there is not the memory for two.

A parser is a function at the top of a module, from bytes to bytes. Its module is imported in the child
before anything is taken away, so it brings what it needs at its top: later, files may be out of reach.
"""

import ctypes
import importlib
import os
import platform
import resource
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from ibasho.errors import IbashoError

MOST_IN = 8 << 20
MOST_OUT = 16 << 20
MEMORY = 400 << 20
CPU_SECONDS = 5
SECONDS = 10.0  # by the clock on the wall
FILES = 32
WAIT = 20.0  # seconds that somebody waits for the one before

Parser = Callable[[bytes], bytes]

_parsers: dict[str, tuple[str, bool]] = {}
_alone = threading.Lock()
_ROOT = str(Path(__file__).resolve().parent.parent)
_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from ibasho.jail import _child; _child(*sys.argv[2:])"

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWNET = 0x40000000
_NOBODY = 65534


class Unreadable(IbashoError):
    """What was sent could not be read inside the jail, whatever the reason."""

    message = _("This file could not be read here. It may be damaged, or of another kind than its name says.")


class Occupied(IbashoError):
    """Others are having something read, and took longer than anybody should wait."""

    message = _("Others are having something read just now. You can send it again in a moment.")
    status = 503
    retry_after = 30


def parser(name: str, *, threads: bool = False) -> Callable[[Parser], Parser]:
    """Register a parser under a name. `threads`: it may start threads, and no process all the same."""

    def keep(function: Parser) -> Parser:
        register(name, f"{function.__module__}:{function.__qualname__}", threads=threads)
        return function

    return keep


def register(name: str, where: str, *, threads: bool = False) -> None:
    """Register the parser that lies at `module:function`; what it needs is loaded in the child alone."""
    _parsers[name] = (where, threads)


def run(name: str, data: bytes) -> bytes:
    """What a parser makes of these bytes.

    Raises Unreadable when it fails, hangs, grows or says too much, and Occupied after a long wait.
    """
    where, threads = _parsers[name]
    if len(data) > MOST_IN:
        raise Unreadable
    if not _alone.acquire(timeout=WAIT):
        raise Occupied
    try:
        return _run(where, threads, data)
    finally:
        _alone.release()


def _run(where: str, threads: bool, data: bytes) -> bytes:
    given = os.memfd_create("given", os.MFD_CLOEXEC)  # in memory; a pipe would have to be fed
    try:
        with os.fdopen(os.dup(given), "wb") as file:
            file.write(data)
        os.lseek(given, 0, os.SEEK_SET)
        child = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
            [sys.executable, "-I", "-c", _BEGIN, _ROOT, where, "threads" if threads else ""],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(given)
    with child:
        try:
            said = _listen(child)
            status = child.wait(1)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise Unreadable from None
        finally:
            _end(child)
    if status != 0:
        raise Unreadable
    return said


def _listen(child: subprocess.Popen[bytes]) -> bytes:
    """Everything the child says, up to the limits. Raises TimeoutError beyond them."""
    assert child.stdout is not None
    until, said = time.monotonic() + SECONDS, bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ)
        while waiting.select(max(0.0, until - time.monotonic())):
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                return bytes(said)
            said += piece
            if len(said) > MOST_OUT:
                break
    raise TimeoutError


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


# Inside ------------------------------------------------------------------------------------------


def _child(where: str, threads: str) -> None:
    """Bring the parser, give everything away, then read. Runs in the child."""
    module, _, name = where.partition(":")
    function: Parser = getattr(importlib.import_module(module), name)
    sys.setrecursionlimit(1000)
    _give_everything_away(threads=bool(threads))
    data = sys.stdin.buffer.read(MOST_IN)
    said = memoryview(function(data))
    while said:
        said = said[os.write(1, said) :]
    os._exit(0)  # nothing the parser left behind runs after its answer


def _give_everything_away(*, threads: bool) -> None:
    """Best effort where the kernel or the user does not let us; the limits always hold."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    root = os.geteuid() == 0
    # An empty network. Root may ask for it as it is, others only inside a user namespace, which some
    # systems forbid; then the unit's own rules (deploy/) are what keeps a parser off the network.
    if libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)
    if root:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(limit, (most, most))
    if not (threads and _only_threads(libc)):  # where the kernel cannot tell them apart there is neither
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


# The kernel's numbers: how it calls the machine, then clone, clone3, execve, execveat, fork, vfork.
_CALLS = {
    "x86_64": (0xC000003E, 56, 435, 59, 322, 57, 58),
    "aarch64": (0xC00000B7, 220, 435, 221, 281),
}
_CLONE_THREAD = 0x00010000
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_EAGAIN, _ENOSYS = 11, 38


def _only_threads(libc: ctypes.CDLL) -> bool:
    """Threads may be started from here on, and no process or program (seccomp). Gives whether that is so."""
    if platform.machine() not in _CALLS or sys.byteorder != "little":
        return False
    machine, clone, clone3, *others = _CALLS[platform.machine()]
    rules = [
        (_LOAD, 0, 0, 4),  # the machine
        (_EQUAL, 1, 0, machine),
        (_ANSWER, 0, 0, _REFUSE | _EAGAIN),
        (_LOAD, 0, 0, 0),  # which call
        (_AT_LEAST, 0, 1, 0x40000000),  # x86_64 has the same calls once more under other numbers
        (_ANSWER, 0, 0, _REFUSE | _EAGAIN),
    ]
    for call in others:
        rules += [(_EQUAL, 0, 1, call), (_ANSWER, 0, 0, _REFUSE | _EAGAIN)]
    rules += [
        (_EQUAL, 0, 1, clone3),  # its wishes lie where a filter cannot look; the C library then uses clone
        (_ANSWER, 0, 0, _REFUSE | _ENOSYS),
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, 16),  # its first argument
        (_ANY_OF, 1, 0, _CLONE_THREAD),
        (_ANSWER, 0, 0, _REFUSE | _EAGAIN),
        (_ANSWER, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("=HBBI", *rule) for rule in rules)
    held = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(rules), ctypes.addressof(held)))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)

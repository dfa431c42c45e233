"""A child process for reading what a stranger made (VAULT 10): it sees the bytes, and nothing else.

A room that takes in files names its parser with `@jail.parser("name")`; `run` starts a fresh Python, takes
everything away from it, and only then gives it the bytes. From then on the kernel answers it a short list of
calls and no other (seccomp): it can read what it was given, say its answer, and ask for memory and time. It
opens, changes and erases no file, reaches no address, signals nobody and starts no process, whichever user
it runs as; in the unit of deploy/ that is the user of the programme itself. It has 400 MiB and five seconds;
what it says is taken as bytes and no further. There is one child at a time, because there is not the memory
for two. Where the kernel cannot hold one like this, nothing is read at all: `Unguarded`.

A parser is a function at the top of a module, from bytes to bytes. Its module is imported in the child
before anything is taken away, so it brings what it needs at its top: later, every file is out of reach.
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
MOST_WAITING = 2  # each of them holds a thread; a third is told at once to come back

Parser = Callable[[bytes], bytes]

_parsers: dict[str, tuple[str, bool]] = {}
_alone = threading.Lock()
_line = threading.BoundedSemaphore(1 + MOST_WAITING)
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
_UNGUARDED = 70  # what a child says that could not be shut in; it has read nothing


class Unreadable(IbashoError):
    """What was sent could not be read inside the jail, whatever the reason."""

    message = _("This file could not be read here. It may be damaged, or of another kind than its name says.")


class Unguarded(IbashoError):
    """The kernel cannot keep a parser from everything else, so none is given anything to read."""

    message = _(
        "This machine cannot open files from elsewhere safely, so it opens none. It is not your file."
    )
    status = 503


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

    Raises Unreadable when it fails, hangs, grows or says too much, Occupied where others wait already and after
    a long wait, and Unguarded.
    """
    where, threads = _parsers[name]
    if len(data) > MOST_IN:
        raise Unreadable
    if not _line.acquire(blocking=False):
        raise Occupied
    try:
        if not _alone.acquire(timeout=WAIT):
            raise Occupied
        try:
            return _run(where, threads, data)
        finally:
            _alone.release()
    finally:
        _line.release()


def holds() -> bool:
    """Whether a parser can be shut in on this machine."""
    try:
        return run("nothing", b"") == b""
    except IbashoError:
        return False


@parser("nothing")
def nothing(data: bytes) -> bytes:
    """The same bytes."""
    return data


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
    if status == _UNGUARDED:
        raise Unguarded
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
    if not _give_everything_away(threads=bool(threads)):
        os._exit(_UNGUARDED)
    given = []
    while piece := os.read(0, MOST_IN):
        given.append(piece)
    data = b"".join(given)
    given.clear()
    said = memoryview(function(data))
    while said:
        said = said[os.write(1, said) :]
    os._exit(0)  # nothing the parser left behind runs after its answer


def _give_everything_away(*, threads: bool) -> bool:
    """Whether nothing is left. Another user and an empty network are one wall more, where they can be had."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if len(os.listdir("/proc/self/task")) != 1:
        return False  # a filter holds the thread that asks for it, and those that it starts
    root = os.geteuid() == 0
    _leave_the_network(libc)
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
    return _only_reading(libc, threads=threads)


def _leave_the_network(libc: ctypes.CDLL) -> None:
    """Root may ask for an empty one as it is, others only inside a user namespace; some systems forbid that."""
    if libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)


# How the kernel calls the machine, then what it is asked for: each number for x86_64, then for aarch64.
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_READ, _WRITE, _CLONE, _CLONE3 = (0, 63), (1, 64), (56, 220), (435, 435)
_HARMLESS = {
    "brk": (12, 214),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "futex": (202, 98),
    "getpid": (39, 172),
    "getrandom": (318, 278),
    "gettid": (186, 178),
    "madvise": (28, 233),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "sigaltstack": (131, 132),
}
_CLONE_THREAD = 0x00010000
_AS_THREADS_ARE = 0x007D0F00  # what C libraries ask for with a thread: to share everything
_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_WHICH_MACHINE, _WHICH_CALL, _FIRST_ARGUMENT = 4, 0, 16


def _only_reading(libc: ctypes.CDLL, *, threads: bool) -> bool:
    """From here on this process can read, answer and reckon (seccomp). Gives whether that is so."""
    if platform.machine() not in _MACHINES or sys.byteorder != "little":
        return False
    which, machine = _MACHINES[platform.machine()]
    allow, refuse = (_ANSWER, 0, 0, _ALLOW), (_ANSWER, 0, 0, _REFUSE | _EPERM)
    first = (_LOAD, 0, 0, _FIRST_ARGUMENT)
    rules = [
        (_LOAD, 0, 0, _WHICH_MACHINE),
        (_EQUAL, 1, 0, machine),
        refuse,
        (_LOAD, 0, 0, _WHICH_CALL),
        (_AT_LEAST, 0, 1, 0x40000000),  # x86_64 has the same calls once more under other numbers
        refuse,
    ]
    for numbers in _HARMLESS.values():
        rules += [(_EQUAL, 0, 1, numbers[which]), allow]
    rules += [(_EQUAL, 0, 4, _READ[which]), first, (_EQUAL, 0, 1, 0), allow, refuse]
    rules += [(_EQUAL, 0, 5, _WRITE[which]), first, (_EQUAL, 1, 0, 1), (_EQUAL, 0, 1, 2), allow, refuse]
    # The wishes of clone3 lie where a filter cannot look; the C library then uses clone.
    rules += [(_EQUAL, 0, 1, _CLONE3[which]), (_ANSWER, 0, 0, _REFUSE | _ENOSYS)]
    if threads:
        other = ~_AS_THREADS_ARE & 0xFFFFFFFF
        rules += [
            (_EQUAL, 0, 5, _CLONE[which]),
            first,
            (_ANY_OF, 2, 0, other),
            (_ANY_OF, 0, 1, _CLONE_THREAD),
        ]
        rules += [allow, refuse]
    rules.append(refuse)
    code = b"".join(struct.pack("=HBBI", *rule) for rule in rules)
    held = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(rules), ctypes.addressof(held)))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)

"""A child process for reading what a stranger made (VAULT 10): it sees the bytes, and nothing else.

A room that takes in files names its parser with `@jail.parser("name")`; `run` starts a fresh Python, takes
everything away from it, and only then gives it the bytes. It has no environment, no files it could write,
no network, no other process, 400 MiB and five seconds; what it says is taken as bytes and no further.

A parser is a function at the top of a module, from bytes to bytes. Its module is imported in the child
before anything is taken away, so it brings what it needs at its top: later, files may be out of reach.
"""

import ctypes
import importlib
import os
import resource
import selectors
import signal
import subprocess
import sys
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

Parser = Callable[[bytes], bytes]

_parsers: dict[str, str] = {}
_ROOT = str(Path(__file__).resolve().parent.parent)
_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); from ibasho.jail import _child; _child(sys.argv[2])"

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWNET = 0x40000000
_NOBODY = 65534


class Unreadable(IbashoError):
    """What was sent could not be read inside the jail, whatever the reason."""

    message = _("This file could not be read here. It may be damaged, or of another kind than its name says.")


def parser(name: str) -> Callable[[Parser], Parser]:
    """Register a parser under a name."""

    def keep(function: Parser) -> Parser:
        _parsers[name] = f"{function.__module__}:{function.__qualname__}"
        return function

    return keep


def run(name: str, data: bytes) -> bytes:
    """What a parser makes of these bytes. Raises Unreadable when it fails, hangs, grows or says too much."""
    where = _parsers[name]
    if len(data) > MOST_IN:
        raise Unreadable
    given = os.memfd_create("given", os.MFD_CLOEXEC)  # in memory; a pipe would have to be fed
    try:
        with os.fdopen(os.dup(given), "wb") as file:
            file.write(data)
        os.lseek(given, 0, os.SEEK_SET)
        child = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
            [sys.executable, "-I", "-c", _BEGIN, _ROOT, where],
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


def _child(where: str) -> None:
    """Bring the parser, give everything away, then read. Runs in the child."""
    module, _, name = where.partition(":")
    function: Parser = getattr(importlib.import_module(module), name)
    sys.setrecursionlimit(1000)
    _give_everything_away()
    data = sys.stdin.buffer.read(MOST_IN)
    said = memoryview(function(data))
    while said:
        said = said[os.write(1, said) :]
    os._exit(0)  # nothing the parser left behind runs after its answer


def _give_everything_away() -> None:
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
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        resource.setrlimit(limit, (most, most))

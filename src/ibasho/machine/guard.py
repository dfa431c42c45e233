"""What every process of the family does first: nothing of its memory reaches a disk (VAULT 2, attack 18).

No core dump, no debugger of the same user, private files, and no traceback, because the message of an
exception may hold what somebody wrote.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

_PR_SET_PDEATHSIG = 1
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4

_PACKAGE = str(Path(__file__).resolve().parent.parent)


def harden() -> None:
    """Make this process, and those it forks, unable to leave memory behind. Children of exec do it again."""
    os.umask(0o077)
    logging.raiseExceptions = False  # a log that cannot be written would print what it was about
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)
    sys.excepthook = _say_kind
    threading.excepthook = lambda args: _say_kind(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _say_kind(args.exc_type, args.exc_value, args.exc_traceback)


def is_hardened() -> bool:
    """Whether the kernel would refuse to write this process to a disk."""
    core = resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    return core and _prctl(_PR_GET_DUMPABLE, 0) == 0


def die_with(parent: int) -> None:
    """End when the parent ends, even if it was killed. Raises SystemExit if it is gone already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(1)


def _prctl(option: int, value: int) -> int:
    return int(ctypes.CDLL(None).prctl(option, value, 0, 0, 0))


def _say_kind(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Say which kind of error ended this, and in which line of ours; never its message."""
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_PACKAGE) or not place:
            place = f"{'/'.join(Path(code.co_filename).parts[-2:])}:{trace.tb_lineno}"
        trace = trace.tb_next
    print(
        f"Ibasho stopped at something unexpected: {kind.__name__} in {place or 'nowhere'}.", file=sys.stderr
    )

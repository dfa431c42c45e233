"""Logs that name where something happened and never what, so that a log is safe to hand over.

One line holds the hour, the logger, the level, the class of an exception and the line of code it came
from. No message, arguments, local variables or addresses: those are where names and words end up.
"""

import datetime as dt
import logging
import traceback
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


class OnceAnHour(logging.Filter):
    """Lets a line through once in its hour: said again, it would only tell when somebody was here.

    A journal stamps each line to the microsecond and keeps it for months. It also fills no disk this way.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is new in this process and hour."""
        line = QuietFormatter().format(record)
        if line in self._said:
            return False
        self._said = {said for said in self._said if said[:13] == line[:13]} | {line}
        return True


class QuietFormatter(logging.Formatter):
    """Formats `2026-11-22T10 ibasho.web ERROR NoDoor people/views.py:31`."""

    def format(self, record: logging.LogRecord) -> str:
        hour = dt.datetime.fromtimestamp(record.created, dt.UTC).strftime("%Y-%m-%dT%H")
        kind, file, line = "-", record.pathname, record.lineno
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            kind = type(error).__name__
            frames = traceback.extract_tb(error.__traceback__)
            if frames:
                ours = [frame for frame in frames if frame.filename.startswith(str(_PACKAGE))]
                frame = (ours or frames)[-1]
                file, line = frame.filename, frame.lineno or 0
        return f"{hour} {record.name} {record.levelname} {kind} {_short(file)}:{line}"


def _short(file: str) -> str:
    """The last two parts of a path: enough to find the line, nothing about whose machine it is."""
    return "/".join(Path(file).parts[-2:])

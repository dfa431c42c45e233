"""The one clock of the house. Tests move this one; nothing else reads the time."""

import datetime as dt
import time


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()


def instant() -> dt.datetime:
    """The present as an aware instant in UTC."""
    return dt.datetime.fromtimestamp(now(), dt.UTC)

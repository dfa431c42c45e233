"""What is done each half minute."""

from collections.abc import Callable

_every_minute: list[Callable[[float], None]] = []


def every_minute(do: Callable[[float], None]) -> Callable[[float], None]:
    """Let a room do its part each half minute."""
    _every_minute.append(do)
    return do

"""What happens by itself when somebody comes in: rooms register it, the door calls it."""

from collections.abc import Callable, Iterable
from typing import ParamSpec

from ibasho import vault

P = ParamSpec("P")

_at_each_visit: list[Callable[[vault.Space], None]] = []


def at_each_visit(do: Callable[[vault.Space], None]) -> Callable[[vault.Space], None]:
    """Let a room do its part when somebody comes in. It must cost nothing where there is nothing to do."""
    _at_each_visit.append(do)
    return do


def visited(space: vault.Space) -> None:
    """Somebody came in."""
    each(_at_each_visit, space)


def each(registered: Iterable[Callable[P, None]], *arguments: P.args, **named: P.kwargs) -> None:
    """Every room does its part. Trouble in one keeps no other from it; the first is raised at the end."""
    trouble: Exception | None = None
    for do in registered:
        try:
            do(*arguments, **named)
        except Exception as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble

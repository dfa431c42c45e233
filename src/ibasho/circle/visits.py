"""What happens by itself when somebody comes in: rooms register it, the door calls it."""

from collections.abc import Callable

from ibasho import vault

_at_each_visit: list[Callable[[vault.Space], None]] = []


def at_each_visit(do: Callable[[vault.Space], None]) -> Callable[[vault.Space], None]:
    """Let a room do its part when somebody comes in. It must cost nothing where there is nothing to do."""
    _at_each_visit.append(do)
    return do


def visited(space: vault.Space) -> None:
    """Somebody came in. Trouble in one room keeps no other from its part; the first is raised at the end."""
    trouble: Exception | None = None
    for do in _at_each_visit:
        try:
            do(space)
        except Exception as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble

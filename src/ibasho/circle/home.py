"""The small home of somebody who stands beside others: rooms put their parts there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ibasho import vault

Context = Callable[[vault.Space], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Section:
    """One part of the page: a fragment, and what it needs."""

    name: str
    order: int
    template: str
    context: Context


_sections: dict[str, Section] = {}


def section(name: str, order: int, template: str, context: Context) -> None:
    """Put a part on the page. `context` gives what the fragment needs as `it`, or None to leave it out just now."""
    _sections[name] = Section(name, order, template, context)


def sections(space: vault.Space) -> list[tuple[str, Mapping[str, Any]]]:
    """The fragments to show somebody now, each with what it needs, in their order."""
    shown = []
    for one in sorted(_sections.values(), key=lambda section: section.order):
        context = one.context(space)
        if context is not None:
            shown.append((one.template, context))
    return shown

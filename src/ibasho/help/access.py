"""What the pages of help may know: the programme's country, and the lines that may be shown.

Everything here is public. It never asks who is looking, and never where from.
"""

from dataclasses import dataclass

from ibasho.errors import IbashoError
from ibasho.programme import access as programme_access
from ibasho.programme import lines
from ibasho.programme.lines import LineView
from ibasho.programme.records import Programme

FIRST_LINES = 2  # always a second choice (DOMAIN 7.6), never a wall of numbers (DOMAIN 2.5)


@dataclass(frozen=True)
class PlaceView:
    """A country as a page shows it. `country` is "" while nobody has chosen one."""

    country: str
    country_name: str
    emergency: LineView | None
    lines: tuple[LineView, ...]

    def first_lines(self) -> tuple[LineView, ...]:
        """Two lines for the page that opens first: those for everybody before those for some."""
        to_turn_to = [line for line in self.lines if line.kind in ("crisis", "crisis_text")]
        to_turn_to.sort(key=lambda line: line.for_whom != "")
        return tuple([*to_turn_to, *worldwide()][:FIRST_LINES])

    def to_write(self) -> tuple[LineView, ...]:
        """Lines that can be reached without a voice (DOMAIN 7.9)."""
        return tuple(line for line in self._helping() if line.texts)

    def to_talk(self) -> tuple[LineView, ...]:
        """Lines to ring, for whatever it is."""
        return tuple(line for line in self._helping() if not line.texts)

    def against_violence(self) -> tuple[LineView, ...]:
        """Lines about violence, each by voice or in writing."""
        return tuple(line for line in self.lines if line.phone_log)

    def _helping(self) -> tuple[LineView, ...]:
        return tuple(line for line in self.lines if line.kind != "emergency" and not line.phone_log)


def place(iso2: str = "") -> PlaceView:
    """One country, or the programme's own when none is named. Unknown to the table: nothing in it."""
    programme = _programme()
    country = iso2 or programme.country
    shown = lines.lines_of(country, programme.lines_checked)
    return PlaceView(
        country=country if lines.country_name(country) else "",
        country_name=lines.country_name(country),
        emergency=next((line for line in shown if line.kind == "emergency"), None),
        lines=tuple(shown),
    )


def worldwide() -> list[LineView]:
    """Directories for every other country."""
    return lines.worldwide(_programme().lines_checked)


def _programme() -> Programme:
    """The programme's settings; its defaults when the database does not answer, since help opens regardless."""
    try:
        return programme_access.programme()
    except IbashoError:
        return Programme()

"""A small chart of one sign, drawn here as plain SVG: dots for days, lines only between neighbours.

No numbers, no colours that judge, nothing where nobody wrote. Sizes are presentation attributes and classes,
because the page's policy allows no inline style.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from markupsafe import Markup, escape

WIDTH, LEFT, RIGHT = 340, 106, 6
TOP, STEP, BOTTOM, LETTERS = 12, 27, 31, 16


def draw(
    label: str, steps: Sequence[str], points: Mapping[int, int], days: int, marks: Sequence[tuple[int, str]]
) -> Markup:
    """One chart. `points` maps the number of a day, from 0, to a step, from 0 for the lowest.

    `steps` are the words of the scale from the lowest, `marks` what stands below certain days.
    """
    height = TOP + STEP * (len(steps) - 1) + BOTTOM
    across = _across(days)
    down = [height - BOTTOM - STEP * step for step in range(len(steps))]
    grid = "".join(f"M{LEFT - 4} {y}H{WIDTH}" for y in down)
    words = "".join(
        f'<text x="0" y="{y + 5}" font-size="{LETTERS}">{escape(word)}</text>'
        for y, word in zip(down, steps, strict=True)
    )
    below = "".join(
        f'<text x="{across[day]}" y="{height - 3}" font-size="{LETTERS}">{escape(word)}</text>'
        for day, word in marks
    )
    places = {day: f"{across[day]} {down[step]}" for day, step in sorted(points.items())}
    line = "".join(f"M{here}L{places[day + 1]}" for day, here in places.items() if day + 1 in places)
    dots = "".join(
        f'<circle cx="{across[day]}" cy="{down[step]}" r="3.6"/>' for day, step in sorted(points.items())
    )
    return Markup(  # noqa: S704 numbers of ours, and words that were escaped
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f'<path class="grid" d="{grid}"/>{words}{below}<path class="thread" d="{line}"/><g class="dot">{dots}</g></svg>'
    )


@cache
def _across(days: int) -> tuple[str, ...]:
    """How far from the left each day stands."""
    gap = (WIDTH - LEFT - RIGHT) / max(1, days - 1)
    return tuple(f"{LEFT + gap * day:.1f}".removesuffix(".0") for day in range(days))

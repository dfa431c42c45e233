"""A small chart of one sign, drawn here as plain SVG: dots for days, lines only between neighbours.

No numbers, no colours that judge, nothing where nobody wrote. Sizes are presentation attributes and classes,
because the page's policy allows no inline style.
"""

from collections.abc import Mapping, Sequence

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
    gap = (WIDTH - LEFT - RIGHT) / max(1, days - 1)

    def x(day: int) -> str:
        return f"{LEFT + gap * day:.1f}".removesuffix(".0")

    def y(step: int) -> int:
        return TOP + STEP * (len(steps) - 1 - step)

    grid = "".join(f"M{LEFT - 4} {y(step)}H{WIDTH}" for step in range(len(steps)))
    words = "".join(
        f'<text x="0" y="{y(step) + 5}" font-size="{LETTERS}">{escape(word)}</text>'
        for step, word in enumerate(steps)
    )
    below = "".join(
        f'<text x="{x(day)}" y="{height - 3}" font-size="{LETTERS}">{escape(word)}</text>'
        for day, word in marks
    )
    line = "".join(
        f"M{x(day)} {y(points[day])}L{x(day + 1)} {y(points[day + 1])}"
        for day in sorted(points)
        if day + 1 in points
    )
    dots = "".join(
        f'<circle class="dot" cx="{x(day)}" cy="{y(step)}" r="3.6"/>' for day, step in sorted(points.items())
    )
    return Markup(  # noqa: S704 numbers of ours, and words that were escaped
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
        f'<path class="grid" d="{grid}"/>{words}{below}<path class="thread" d="{line}"/>{dots}</svg>'
    )

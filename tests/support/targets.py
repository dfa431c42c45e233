"""What can be pressed on a page, and whether hands that shake can press it."""

from itertools import combinations
from typing import Any

LEAST, APART = 48, 8  # pixels of CSS

TARGETS = """
() => [...document.querySelectorAll('a[href], button, select, summary, label, input:not([type=hidden])')]
  .filter(one => !one.matches('.skip, .still, label.label, label input, label[for] ~ input'))
  .map(one => {
    const box = one.getBoundingClientRect();
    const floats = Boolean(one.closest('.bar, .places'));  // above whatever is scrolled beneath it
    const what = one.textContent.trim().slice(0, 40);
    return {what, floats, x: box.x, y: box.y, width: box.width, height: box.height};
  })
  .filter(box => box.width > 1 && box.height > 1)
"""
NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 320, "height": 256}  # what 1280 by 1024 has room for at 400 %


def hard_to_press(tab: Any) -> list[Any]:
    """Whatever is smaller than 48 by 48, and whatever stands nearer than 8 to something else."""
    boxes = tab.evaluate(TARGETS)
    assert len(boxes) >= 3, "hardly anything to press: is this the page?"
    small = [box for box in boxes if min(box["width"], box["height"]) < LEAST]
    close = [
        (one["what"], other["what"], _apart(one, other))
        for one, other in combinations(boxes, 2)
        if one["floats"] == other["floats"] and _apart(one, other) < APART
    ]
    return [*small, *close]


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    beside = max(other["x"] - one["x"] - one["width"], one["x"] - other["x"] - other["width"])
    beneath = max(other["y"] - one["y"] - one["height"], one["y"] - other["y"] - other["height"])
    return max(beside, beneath)

"""The look, where it can be measured: contrast, and drawings that are ornament."""

import re

import pytest

from ibasho.web.static_files import SOURCES
from ibasho.web.templating import DRAWINGS, drawing

TOKENS = (SOURCES / "css/tokens.css").read_text("utf-8")

# ink, paper, least contrast. 4.5 is WCAG 2.2 AA for text, 3 for large type and for what outlines a control.
PAIRS = [
    *((ink, paper, 7.0) for ink in ("ink",) for paper in ("paper", "raised", "sunk", "glow")),
    *(
        (ink, paper, 4.5)
        for ink in ("quiet", "accent", "deep", "moss")
        for paper in ("paper", "raised", "sunk")
    ),
    ("quiet", "glow", 4.5),
    ("on-accent", "accent", 4.5),
    ("on-accent", "deep", 4.5),
    *(("edge", paper, 3.0) for paper in ("paper", "raised", "sunk")),
    *(("lantern", paper, 3.0) for paper in ("paper", "raised", "sunk", "glow")),
]


def colours(name):
    """The light and the dark value of a token."""
    found = re.search(rf"--{name}:light-dark\((#\w+),(#\w+)\)", TOKENS)
    assert found is not None
    return {"light": found[1], "dark": found[2]}


def luminance(colour):
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS, ids=lambda value: str(value))
def test_every_pair_of_tokens_can_be_read(ink, paper, least, scheme):
    assert contrast(colours(ink)[scheme], colours(paper)[scheme]) >= least


def test_browsers_that_know_one_scheme_only_get_the_light_one():
    for name in re.findall(r"--([\w-]+):light-dark", TOKENS):
        plain = re.search(rf"--{name}:(#\w+)[;}}]", TOKENS)
        assert plain is not None, name
        assert plain[1] == colours(name)["light"], name


@pytest.mark.parametrize("name", sorted(path.stem for path in DRAWINGS.glob("*.svg")))
def test_every_drawing_is_ornament_without_colours_of_its_own(name):
    svg = drawing(name)
    assert 'aria-hidden="true"' in svg
    assert "<text" not in svg
    assert "<title" not in svg
    assert not re.search(r'(fill|stroke)="|style=|#[0-9A-Fa-f]{3}|href', svg)
    assert svg.count('class="lit"') <= 1


def test_a_drawing_that_is_not_there_is_a_mistake_seen_at_once():
    with pytest.raises(FileNotFoundError):
        drawing("../settings")

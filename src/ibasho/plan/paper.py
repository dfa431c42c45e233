"""The plan on paper: one sheet, a card for the wallet, or an empty sheet to write on by hand.

Made in memory, with our own typefaces inside, in black on white, without a date or a maker in the file. Each is
one page: what does not fit gets smaller, and at last shorter, and says so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import segno
from django.utils.translation import gettext as _
from fpdf import FPDF

from ibasho.plan import words
from ibasho.plan.access import PartView, PlanView, StepView
from ibasho.plan.records import PARTS, WITH_NUMBERS
from ibasho.programme.lines import LineView
from ibasho.web.paper import missing_letters, new_paper

EDGE = 16.0  # millimetres
BETWEEN = 10.0
SIZES = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0)  # points, from what is read easily to what can still be read
CARD_SIZES = (9.5, 8.5, 7.5, 6.5, 5.8)
LINE = 0.3528 * 1.32  # millimetres of one line, for each point of type

LINES_ON_A_CARD = 3  # of each part
LETTERS_ON_A_CARD = (110, 48)  # of a line; the second always fits, at the smallest size
CARD_WIDTH, CARD_HEIGHT = 85.6, 54.0  # as a bank card is (ISO/IEC 7810, ID-1)
CODE_SIDE, CODE_ON_A_CARD = 24.0, 16.0


@dataclass(frozen=True)
class Wish:
    """What somebody wants on their paper."""

    names: bool = True
    code: str = ""  # an address to open on one's own phone; "" for no code


@dataclass(frozen=True)
class _Block:
    """A heading, and the lines beneath it."""

    title: str
    lines: tuple[str, ...]
    room: int = 0  # empty lines to write on


def sheet(plan: PlanView, country: Sequence[LineView], wish: Wish) -> bytes:
    """One page of A4 with everything in it, in two columns."""
    return _sheet(_("My plan"), _blocks(plan, country, wish), wish)


def blank(country: Sequence[LineView]) -> bytes:
    """One page of A4 to write on by hand: what is asked, and room."""
    blocks = [
        _Block(
            str(words.PARTS[name].title), (str(words.PARTS[name].asks),), room=4 if name == "people" else 3
        )
        for name in PARTS
    ]
    blocks.append(_Block(_("Lines where a person answers"), tuple(_lines_of(country))))
    return _sheet(_("A plan for the worst minute"), blocks, Wish())


def card(plan: PlanView, country: Sequence[LineView], wish: Wish) -> bytes:
    """One page of A4 with a card to cut out and fold: what to do on one half, whom to ring on the other."""
    pdf = new_paper(EDGE)
    pdf.set_auto_page_break(False)
    for letters in LETTERS_ON_A_CARD:
        halves = _halves(plan, country, wish, letters)
        sizes = [_size_on_card(pdf, blocks, bool(wish.code and half)) for half, blocks in enumerate(halves)]
        if all(sizes):
            break
    left, top = (pdf.w - CARD_WIDTH) / 2, 34.0
    pdf.set_font("Text", size=10)
    pdf.set_xy(EDGE, 14)
    said = _(
        "Cut along the outer line, fold along the dashes. A card has the first three lines of each part."
    )
    pdf.multi_cell(0, 5, said, align="C")
    pdf.set_line_width(0.2)
    pdf.rect(left, top, CARD_WIDTH, 2 * CARD_HEIGHT)
    pdf.set_dash_pattern(1.2, 1.2)
    pdf.line(left, top + CARD_HEIGHT, left + CARD_WIDTH, top + CARD_HEIGHT)
    pdf.set_dash_pattern()
    for half, blocks in enumerate(halves):
        size, code = sizes[half] or CARD_SIZES[-1], wish.code if half else ""
        _fill_half(pdf, blocks, left + 3.5, top + half * CARD_HEIGHT + 3, size, code)
    return bytes(pdf.output())


def unprintable(plan: PlanView) -> str:
    """The letters of a plan that our typefaces do not have, a few of them; nothing when all can be printed."""
    written = "".join(step.text + step.message for part in plan.written for step in part.steps)
    return missing_letters(written)[:8]


# What stands on it --------------------------------------------------------------------------------


def _blocks(plan: PlanView, country: Sequence[LineView], wish: Wish) -> list[_Block]:
    parts = [
        _Block(part.title, tuple(_said(part, step, wish) for step in part.steps)) for part in plan.written
    ]
    return [*parts, _Block(_("Lines where a person answers"), tuple(_lines_of(country)))]


def _halves(
    plan: PlanView, country: Sequence[LineView], wish: Wish, letters: int
) -> tuple[list[_Block], list[_Block]]:
    """What stands on the two halves of a card, no line longer than so many letters."""
    doing: list[_Block] = []
    ringing: list[_Block] = []
    for part in plan.written:
        lines = tuple(_short(_said(part, step, wish), letters) for step in part.steps[:LINES_ON_A_CARD])
        (ringing if part.name in WITH_NUMBERS else doing).append(_Block(part.title, lines))
    ringing.append(_Block(_("Lines where a person answers"), tuple(_lines_of(country))))
    return doing, ringing


def _said(part: PartView, step: StepView, wish: Wish) -> str:
    """A line as paper says it: a number stays in one piece, and somebody may be a letter."""
    somebody = part.name == "people" or step.number
    text = step.text if wish.names or not somebody else _initials(step.text)
    return f"{text.rstrip('.:')}: {_unbroken(step.number)}" if step.number else text


def _unbroken(number: str) -> str:
    return number.replace(" ", "\u00a0")


def _initials(name: str) -> str:
    """A name as its first letter: enough for whoever wrote it."""
    first = re.search(r"\w", name)
    return f"{first[0].upper()}." if first else "…"


def _lines_of(country: Sequence[LineView]) -> Iterator[str]:
    for view in country:
        numbers = [button.label for button in (*view.calls[:1], *view.texts[:1])]
        yield f"{view.name}: {', '.join(map(_unbroken, numbers))}" if numbers else view.name


# How it is set ------------------------------------------------------------------------------------


def _sheet(title: str, blocks: list[_Block], wish: Wish) -> bytes:
    pdf = new_paper(EDGE)
    pdf.set_auto_page_break(False)
    width = (pdf.w - 2 * EDGE - BETWEEN) / 2
    pdf.set_font("Heading", size=22)
    pdf.set_xy(EDGE, EDGE)
    pdf.cell(0, 10, title)
    if wish.code:
        _code(pdf, wish.code, pdf.w - EDGE - CODE_SIDE, EDGE - 4, CODE_SIDE)
    top = EDGE + (CODE_SIDE if wish.code else 16)
    most = pdf.h - EDGE - top
    size, columns, shortened = _in_columns(pdf, blocks, width, most)
    for place, column in enumerate(columns):
        y = top
        for block in column:
            y = _set_block(pdf, block, EDGE + place * (width + BETWEEN), y, width, size)
    if shortened:
        pdf.set_font("Text", size=8)
        pdf.set_xy(EDGE, pdf.h - EDGE + 2)
        pdf.cell(0, 5, _("Some lines are shortened here. They are whole in the plan itself."))
    return bytes(pdf.output())


def _in_columns(
    pdf: FPDF, blocks: list[_Block], width: float, most: float
) -> tuple[float, list[list[_Block]], bool]:
    """The largest size at which all of it fits into two columns; at the smallest, lines are shortened."""
    for size in SIZES:
        columns = _two(pdf, blocks, width, most, size)
        if columns:
            return size, columns, False
    size = SIZES[-1]
    for letters in (120, 80, 50, 30):
        short = [
            _Block(one.title, tuple(_short(line, letters) for line in one.lines), one.room) for one in blocks
        ]
        columns = _two(pdf, short, width, most, size)
        if columns:
            break
    return size, columns or [short, []], True


def _two(
    pdf: FPDF, blocks: list[_Block], width: float, most: float, size: float
) -> list[list[_Block]] | None:
    """Blocks in two columns, each whole, the first as full as it gets; None when they do not fit."""
    heights = [_height(pdf, block, width, size) for block in blocks]
    total = sum(heights)
    first: list[_Block] = []
    used = 0.0
    for block, height in zip(blocks, heights, strict=True):
        if used + height > most or (first and used + height / 2 > total / 2):
            break
        first.append(block)
        used += height
    return [first, blocks[len(first) :]] if total - used <= most and first else None


def _short(line: str, letters: int) -> str:
    text, colon, number = line.rpartition(": ")
    if not colon or not re.fullmatch(r"[\d+*#()./\s-]+", number):
        text, colon, number = line, "", ""
    return (text if len(text) <= letters else text[: letters - 1].rstrip() + "…") + colon + number


def _how_many(pdf: FPDF, text: str, width: float, size: float) -> int:
    """How many lines a text takes."""
    return len(cast(list[str], pdf.multi_cell(width, size * LINE, text, dry_run=True, output="LINES")))


def _height(pdf: FPDF, block: _Block, width: float, size: float) -> float:
    pdf.set_font("Text", size=size)
    lines = sum(_how_many(pdf, line, width - 4, size) for line in block.lines)
    gaps = 0.6 * len(block.lines)
    return size * LINE * 1.6 + lines * size * LINE + gaps + block.room * 8.5 + size * 0.45


def _set_block(pdf: FPDF, block: _Block, x: float, y: float, width: float, size: float) -> float:
    """Set one block; gives where the next begins."""
    end = y + _height(pdf, block, width, size)
    pdf.set_font("Heading", size=size * 1.2)
    pdf.set_xy(x, y)
    pdf.cell(width, size * LINE * 1.2, block.title)
    y += size * LINE * 1.6
    pdf.set_font("Text", size=size)
    for line in block.lines:
        lines = _how_many(pdf, line, width - 4, size)
        pdf.set_xy(x, y)
        if not block.room:
            pdf.cell(4, size * LINE, "·")
        pdf.set_xy(x + (0 if block.room else 4), y)
        pdf.multi_cell(width - 4, size * LINE, line, align="L")
        y += lines * size * LINE + 0.6
    pdf.set_line_width(0.15)
    for number in range(block.room):
        below = y + (number + 1) * 8.5 - 1
        pdf.line(x, below, x + width, below)
    return end


def _room_on_card(code: bool) -> tuple[float, float]:
    """The width and height of one half that can be written on."""
    return CARD_WIDTH - 7 - (CODE_ON_A_CARD + 1 if code else 0), CARD_HEIGHT - 6


def _size_on_card(pdf: FPDF, blocks: list[_Block], code: bool) -> float | None:
    """The largest size that holds all of it; None when not even the smallest does."""
    width, most = _room_on_card(code)
    fitting = (size for size in CARD_SIZES if sum(_on_card(pdf, one, width, size) for one in blocks) <= most)
    return next(fitting, None)


def _fill_half(pdf: FPDF, blocks: list[_Block], x: float, y: float, size: float, code: str) -> None:
    """Set one half of a card."""
    width, most = _room_on_card(bool(code))
    end = y + most
    for block in blocks:
        pdf.set_font("Heading", size=size)
        pdf.set_xy(x, y)
        pdf.cell(width, size * LINE, block.title)
        pdf.set_font("Text", size=size)
        pdf.set_xy(x, y + size * LINE)
        pdf.multi_cell(width, size * LINE, "\n".join(block.lines), align="L")
        y += _on_card(pdf, block, width, size)
    if code:
        _code(pdf, code, x + width + 1, end - CODE_ON_A_CARD, CODE_ON_A_CARD)


def _on_card(pdf: FPDF, block: _Block, width: float, size: float) -> float:
    pdf.set_font("Text", size=size)
    return (sum(_how_many(pdf, line, width, size) for line in block.lines) + 1.35) * size * LINE


def _code(pdf: FPDF, text: str, x: float, y: float, side: float) -> None:
    """A QR code as filled squares, so that it prints sharply."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(scale=1, border=4)]
    square = side / len(rows)
    pdf.set_fill_color(0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                pdf.rect(x + across * square, y + down * square, square + 0.01, square + 0.01, style="F")

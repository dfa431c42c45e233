"""Paper: a page of A4 made in memory, with our own typefaces inside, and nothing that says when or by whom.

What draws a PDF takes twenty megabytes of memory, so rooms import this only when somebody asks for a paper.
"""

import datetime as dt
from functools import cache

from fontTools.ttLib import TTFont
from fpdf import FPDF

from ibasho.web.static_files import SOURCES

NO_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # a file has to have one; it is nobody's business which
TEXT, HEADING = SOURCES / "fonts/text.woff2", SOURCES / "fonts/heading.woff2"


def new_paper(edge: float) -> FPDF:
    """An empty page with this margin, in millimetres, and the typefaces "Text" and "Heading"."""
    pdf = FPDF(format="A4")
    pdf.set_margin(edge)
    pdf.set_producer("")
    pdf.set_creator("")
    pdf.set_title("")
    pdf.set_creation_date(NO_DAY)
    pdf.add_font("Text", fname=TEXT)
    pdf.add_font("Heading", fname=HEADING)
    pdf.add_page()
    return pdf


@cache
def _letters() -> frozenset[int]:
    with TTFont(TEXT) as font:
        return frozenset(font.getBestCmap())


def missing_letters(text: str) -> str:
    """The letters of a text that our typeface does not have, each once, in their order."""
    return "".join(dict.fromkeys(sign for sign in text if not sign.isspace() and ord(sign) not in _letters()))

"""The printed sheet as a PDF, made in memory. It says nothing that would tell a stranger what it opens."""

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.fonts import TTFFont

from ibasho.web.static_files import SOURCES

NO_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # a file has to have one; it is nobody's business which
TEXT, HEADING = SOURCES / "fonts/text.woff2", SOURCES / "fonts/heading.woff2"


def as_pdf(words: str) -> bytes:
    """One page: eight numbered words, and what to do with the paper."""
    title, lines = _said()
    pdf = _paper()
    if not _can_print(pdf, title + "".join(lines)):
        with translation.override("en"):
            title, lines = _said()
    pdf.set_font("Heading", size=22)
    pdf.multi_cell(0, 12, title, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    for place, word in enumerate(words.split(), 1):
        pdf.set_font("Text", size=12)
        pdf.cell(12, 13, str(place))
        pdf.set_font("Text", size=20)
        pdf.cell(0, 13, word, border="B", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(8)
    pdf.set_font("Text", size=12)
    for line in lines:
        pdf.multi_cell(0, 6.5, line, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2.5)
    return bytes(pdf.output())


def _said() -> tuple[str, list[str]]:
    return _("Eight words"), [
        _(
            "For the day the other words are gone. Typed in this order, in the same place, they open the same door."
        ),
        _("Keep this where nobody looks: not beside the phone, not with the address."),
        _("If somebody else may have read it, print a new one. This one then opens nothing."),
    ]


def _paper() -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_margin(25)
    pdf.set_producer("")
    pdf.set_creator("")
    pdf.set_title("")
    pdf.set_creation_date(NO_DAY)
    pdf.add_font("Text", fname=TEXT)
    pdf.add_font("Heading", fname=HEADING)
    pdf.add_page()
    return pdf


def _can_print(pdf: FPDF, text: str) -> bool:
    font = pdf.fonts["text"]
    return isinstance(font, TTFFont) and all(ord(char) in font.cmap for char in text if not char.isspace())

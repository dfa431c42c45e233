"""The printed sheet as a PDF, made in memory. It says nothing that would tell a stranger what it opens."""

from django.utils import translation
from django.utils.translation import gettext as _

from ibasho.web.paper import missing_letters, new_paper


def as_pdf(words: str) -> bytes:
    """One page: eight numbered words, and what to do with the paper."""
    title, lines = _said()
    pdf = new_paper(25)
    if missing_letters(title + "".join(lines)):
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

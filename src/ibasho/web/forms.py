"""What a form says when something did not fit: what would fit, and that nothing is lost. How typed text is tidied."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Said = str | Promise

# By the codes of Django's fields and validators. A sentence that a field brings itself goes before these.
SAID: Mapping[str, Said] = {
    "required": _("Something belongs here before it can go on."),
    "max_length": _(
        "This is longer than fits here: %(limit_value)s letters have room. All of yours are still here."
    ),
    "min_value": _("%(limit_value)s is the smallest that fits here."),
    "max_value": _("%(limit_value)s is the largest that fits here."),
    "invalid_choice": _("That was not one of the answers. You can choose again."),
    "null_characters_not_allowed": _("There were unseen signs in this that cannot be kept."),
    "invalid": _("This could not be read. You can write it in another way."),
}
INVALID: Mapping[type[forms.Field], Said] = {
    forms.IntegerField: _("A whole number fits here, such as 30."),
    forms.DateField: _("A day fits here, such as 2026-11-22."),
}


# What a page says that could not keep what was typed, and still has it.
NOT_JUST_NOW: Said = _(
    "This could not be kept just now. Your words are still here; you can try again in a while."
)


class Form(forms.Form):
    """A form whose fields say kindly what did not fit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.error_messages = _sentences_of(field)


def _sentences_of(field: forms.Field) -> dict[str, Any]:
    djangos: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        djangos |= getattr(kind, "default_error_messages", {})
    own = {code: said for code, said in field.error_messages.items() if said != djangos.get(code)}
    invalid = next((said for kind, said in INVALID.items() if isinstance(field, kind)), SAID["invalid"])
    return {**SAID, "invalid": invalid, **own}


# Text as it was typed ------------------------------------------------------------------------------

# They turn the text around them, also the text of the page (Unicode UAX 9). Marks that only say which way
# a word runs stay, because Arabic and Hebrew need them.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def tidy(text: str) -> str:
    """The same text with one kind of line end, composed letters, and nothing that turns the page around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TURNING)
    return unicodedata.normalize("NFC", text).strip()


def whole_number(text: str, signs: int = 9) -> int | None:
    """A number as a form of ours writes it, of so many signs at most; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= signs else None


def without_unseen(text: str) -> str:
    """The text without control characters and halves of characters; line ends and tabs stay."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def one_line(text: str) -> str:
    """The same text, tidied, on one line with single spaces."""
    return " ".join(tidy(text).split())


def fitted(text: str, most: int) -> tuple[str, list[str]]:
    """A tidied text without unseen signs, and what a page says beside it when it cannot be kept as it is."""
    seen = without_unseen(text)
    if seen != text:
        return seen, [
            gettext("There were unseen signs in this that cannot be kept. They are gone; the words are not.")
        ]
    return seen, [too_long(most)] if len(text) > most else []


def too_long(most: int) -> str:
    """What a page says beside a text that has no room."""
    return gettext(
        "This is longer than fits here: %(most)s letters have room. All of yours are still here."
    ) % {"most": most}

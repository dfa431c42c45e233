"""What may be typed at the door and about oneself. Shape only, never permission."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ibasho.people.records import ROLES
from ibasho.programme.forms import plain
from ibasho.web.forms import Form

NAME = 40  # characters
MOST_TYPED = 256  # characters of words; more is refused before any work is done (attack 51)

WORD_LISTS = (("en", "English"), ("de", "Deutsch"), ("es", "Español"))


def clean_name(typed: str) -> str:
    """A name in any script, without control characters or anything that turns the writing round."""
    return plain(typed)[:NAME].strip()


def same_words(typed: str, words: str) -> bool:
    """Whether somebody typed these words in this order. Spaces, case, commas and numbers are forgiven."""
    typed = unicodedata.normalize("NFKC", typed)
    return re.sub(r"[^\w-]+|\d|_", " ", typed.casefold()).split() == words.casefold().split()


class Name(forms.CharField):
    """A name to be called by; nothing is an answer too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("A name to be called by"),
            help_text=_("Any name you like, in any script. It can stay empty."),
            required=False,
            max_length=NAME,
            **options,
        )

    def to_python(self, value: Any) -> str:
        """Bring it into shape before anything else looks at it."""
        return plain(str(super().to_python(value) or ""))


class Language(forms.ChoiceField):
    """The language words are drawn in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Language of your words"),
            choices=WORD_LISTS,
            required=False,
            **options,
        )

    def clean(self, value: Any) -> str:
        """Without an answer they are English."""
        return str(super().clean(value)) or "en"


class Newcomer(Form):
    """What a newcomer says about themselves."""

    name = Name()
    language = Language()


class Me(Form):
    """What may be changed about oneself at any time."""

    name = Name()
    language = Language(help_text=_("For the next new words you are given."))
    idle_minutes = forms.TypedChoiceField(
        label=_("Close by itself after"),
        help_text=_("When nothing was touched for so long. It counts from the next time you come in."),
        choices=[
            (minutes, format_lazy("{} {}", minutes, _("minutes"))) for minutes in (3, 5, 10, 15, 20, 30)
        ],
        coerce=int,
    )


class Invitation(Form):
    """Whom somebody invites, and as what."""

    kind = forms.ChoiceField(
        choices=list(zip(ROLES, (_("a member"), _("a helper"), _("a facilitator")), strict=True))
    )
    name = forms.CharField(
        label=_("For whom?"),
        help_text=_("Only you see this. It helps you to tell your invitations apart; a nickname is enough."),
        required=False,
        max_length=NAME,
    )

    def clean_name(self) -> str:
        """In shape, like every name."""
        return clean_name(str(self.cleaned_data["name"]))

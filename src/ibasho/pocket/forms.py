"""What may be typed about a copy. The PIN is not among it: it never leaves the phone."""

import base64
import binascii

from django import forms
from django.utils.translation import gettext_lazy as _

from ibasho.pocket.records import KEEP_DAYS, LABEL_MOST, USUAL_DAYS
from ibasho.programme.forms import Words
from ibasho.web.forms import Form

TOKEN_MOST = 64  # characters


class KeepCopy(Form):
    """For how long, and on which phone."""

    label = Words(
        _("A name for this phone, if you like"),
        _("Only you see it, in the list further down. Such as: old phone."),
        max_length=LABEL_MOST,
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(days, str(days)) for days in KEEP_DAYS],
        coerce=int,
        initial=USUAL_DAYS,
    )
    instead = forms.CharField(required=False, max_length=TOKEN_MOST)

    def clean_instead(self) -> bytes:
        """The token of the copy this one replaces; nothing when it is none."""
        return token_of(str(self.cleaned_data["instead"]))


def token_of(text: str) -> bytes:
    """A token as a script sends it beside a form; nothing when it is none."""
    try:
        return base64.b64decode(text[:TOKEN_MOST], validate=True)
    except (binascii.Error, ValueError):
        return b""

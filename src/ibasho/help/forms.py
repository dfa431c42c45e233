"""What may be chosen on the pages of help."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ibasho.programme import lines
from ibasho.web.forms import Form


class CountryForm(Form):
    """A country of the table, and whether this browser may remember it."""

    country = forms.ChoiceField(label=_("The country"))
    remember = forms.BooleanField(
        label=_("Remember this on this phone"),
        required=False,
        help_text=_(
            "It leaves two letters in this browser, for a year at most. Somebody who looks through its "
            "settings can see that this address left something. You can take it away here; “Leave this page” "
            "does too, and so does closing a visit."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            (country.iso2, country.name) for country in lines.countries()
        ]

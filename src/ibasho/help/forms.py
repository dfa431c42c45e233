"""What may be chosen on the pages of help."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ibasho.programme import lines
from ibasho.web.forms import Form, Said

NO_COUNTRY: tuple[str, Said] = ("", _("Choose a country"))  # so that nobody lands in the first one by a slip


def countries() -> list[tuple[str, str]]:
    """Every country of the table, to be chosen from."""
    return [(country.iso2, country.name) for country in lines.countries()]


class CountryForm(Form):
    """A country of the table, and whether this browser may remember it."""

    country = forms.ChoiceField(label=_("The country"))
    remember = forms.BooleanField(
        label=_("Remember this on this phone"),
        required=False,
        help_text=_(
            "It leaves two letters in this browser, for a year at most. Somebody who looks through its "
            "settings can see that this address left something. You can take it away here; “Leave this page” "
            "does too. Closing a visit leaves it."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = [NO_COUNTRY, *countries()]  # type: ignore[attr-defined]

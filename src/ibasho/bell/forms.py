"""What may be typed about a bell. Shape only; nothing typed is ever thrown away."""

import base64
import binascii
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.bell.records import MOST_ADDRESS, MOST_ENDPOINT
from ibasho.web.forms import Form, one_line

NOT_AN_ADDRESS = _("An e-mail address fits here, such as mia@example.org.")


class MailForm(Form):
    """An address of e-mail. It is taken as it is typed, but for spaces around it."""

    address = forms.CharField(
        label=_("Your e-mail address"),
        max_length=MOST_ADDRESS,
        widget=forms.TextInput(attrs={"type": "email"}),
        error_messages={"required": NOT_AN_ADDRESS},
    )

    def clean_address(self) -> str:
        """One plain address, which a letter can be written to."""
        typed = one_line(self.cleaned_data["address"])
        name, at, domain = typed.rpartition("@")
        plain = typed.isascii() and typed.isprintable() and " " not in typed
        if not (plain and at and name and "." in domain.strip(".") and '"' not in typed):
            raise forms.ValidationError(NOT_AN_ADDRESS)
        try:
            whole = Address(addr_spec=typed)
        except (MessageError, ValueError, IndexError):
            raise forms.ValidationError(NOT_AN_ADDRESS) from None
        if whole.addr_spec != typed:
            raise forms.ValidationError(NOT_AN_ADDRESS)
        return typed


class BrowserForm(Form):
    """A subscription, as a browser's script puts it into hidden fields: where, and two keys in base64url."""

    endpoint = forms.CharField(max_length=MOST_ENDPOINT)
    key = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean(self) -> dict[str, Any]:
        """The keys as bytes. Anything that is none makes the form invalid."""
        said: dict[str, Any] = super().clean() or {}
        for name, length in (("key", vault.PUSH_KEY), ("auth", vault.PUSH_AUTH)):
            raw = _bytes(said.get(name, ""))
            if len(raw) != length:
                raise forms.ValidationError("")
            said[name] = raw
        return said


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""

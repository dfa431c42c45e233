"""What can go wrong in the vault, in words a person can be shown.

A message names the kind of trouble and never what was written, or whose it is.
"""

from django.utils.translation import gettext_lazy as _

from ibasho.errors import IbashoError, NotFound

__all__ = [
    "AlreadyThere",
    "BadTicket",
    "BadWords",
    "Busy",
    "Changed",
    "Gone",
    "Missing",
    "NoDoor",
    "NoInvitation",
    "NotFound",
    "NotGranted",
    "StorageTrouble",
    "Tampered",
    "TooManyTries",
    "VaultError",
]


class VaultError(IbashoError):
    """The family of everything the vault refuses."""


class Changed(VaultError):
    """Another tab, or another person, saved since this was read."""

    message = _("This was changed somewhere else since you opened it. Nothing was lost.")
    status = 409


class Tampered(VaultError):
    """A box does not open, or is not the one that was last saved (attacks 3, 4, 5, 11)."""

    message = _("Something here is not the one you last saved, so it stays shut.")
    status = 500


class Missing(Tampered):
    """A box that the chapter lists is gone (attack 6)."""

    message = _("A record is missing here that you did not erase.")


class Gone(Missing):
    """The manifest itself is not there: the space was erased, or its words were changed elsewhere."""

    message = _("This place was closed from somewhere else.")
    status = 403


class BadWords(VaultError):
    """What was typed cannot be anybody's words. `position` counts from 1, or is 0."""

    message = _("These are not words from our lists. Small slips are common: check the spelling.")

    def __init__(self, position: int = 0) -> None:
        super().__init__()
        self.position = position


class NoDoor(VaultError):
    """One answer for wrong words, old words and words of somebody who left (VAULT 4.1)."""

    message = _("These words did not open a door.")
    status = 403


class NoInvitation(VaultError):
    """Unknown, used, expired or opened five times: one answer (attack 38)."""

    message = _(
        "These words do not open an invitation now. The person who invited you can give you new ones."
    )
    status = 403


class AlreadyThere(VaultError):
    """One person is one contact: two of them would count as two friends."""

    message = _("You two know each other here already. Nothing has to be done.")
    status = 409


class BadTicket(VaultError):
    """A hidden form field that is too old, was used, or was made for another page."""

    message = _("This page was open for a long while. Please send it once more.")
    status = 409


class Busy(VaultError):
    """Too many people at the door at once (VAULT 4.5). `retry_after` is in seconds."""

    message = _("Many people are at the door just now. Please try again in a few seconds.")
    status = 503
    retry_after = 5


class TooManyTries(VaultError):
    """One network tried too often in ten minutes (VAULT 4.3)."""

    message = _("That was tried many times just now. Please wait ten minutes, then try again.")
    status = 429
    retry_after = 600


class StorageTrouble(VaultError):
    """The database could not keep it: a full disk, a lost server. Nothing was half written."""

    message = _(
        "This could not be kept just now. What was kept before is as it was; you can try again in a while."
    )
    status = 503
    retry_after = 30


class NotGranted(VaultError):
    """A grant that is not for this reader, this epoch or from a pinned giver (attacks 8, 32, 33)."""

    message = _("This was not shared with you, or not by the person it says.")
    status = 404

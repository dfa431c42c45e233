"""The family of things that can go another way than somebody hoped.

A room names its own error beside the action that raises it. The message is kind, translatable, and
safe to log: it names the kind of thing, never what somebody wrote or who they are.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class IbashoError(Exception):
    """The root. `web.middleware.Front` turns every member of the family into a kind page."""

    message: ClassVar[str | Promise] = _("That did not work. Nothing of yours was changed.")
    status: ClassVar[int] = 400
    retry_after: ClassVar[int] = 0  # seconds until it is worth trying again; 0 says nothing about it

    def __str__(self) -> str:
        return str(self.message)


class NotFound(IbashoError):
    """Missing and not-yours are the same answer."""

    message = _(
        "Perhaps it was put away, perhaps the address has a letter too many. Nothing is lost by that."
    )
    status = 404

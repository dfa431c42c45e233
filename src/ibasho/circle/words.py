"""The built-in words of this room."""

import datetime as dt

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ibasho.programme.days import in_words, today

# Short, and about what somebody does next; never about why.
LINES = (
    gettext_lazy("Can you call me?"),
    gettext_lazy("Can you come over?"),
    gettext_lazy("Just say something ordinary."),
)

ANSWERS = {
    "calling": gettext_lazy("I am calling now"),
    "coming": gettext_lazy("I am coming"),
    "cannot": gettext_lazy("I cannot just now"),
    "asking": gettext_lazy("I cannot, I am asking somebody"),
}


def answer(code: str, whom: str) -> str:
    """What an ally answered, as a sentence."""
    if code == "asking" and whom:
        return _("I cannot, I am asking %(whom)s") % {"whom": whom}
    return str(ANSWERS.get(code, ""))


def moment(at: dt.datetime) -> str:
    """A moment as one says it: today at 18:05, or with its day."""
    here = timezone.localtime(at)
    clock = formats.time_format(here.time(), "H:i")
    if here.date() == today():
        return _("today at %(time)s") % {"time": clock}
    return f"{in_words(here.date())}, {clock}"


def minutes(count: int) -> str:
    """So many minutes."""
    return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}

"""The words for what is kept as codes, and the text that is there before anybody writes their own."""

import datetime as dt
from collections.abc import Mapping

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ibasho.programme.days import in_words

HOWS: Mapping[str, str | Promise] = {
    "call": _("Call me"),
    "text": _("Write me a message"),
    "door": _("Knock at my door"),
    "together": _("Come with somebody else"),
}
AGREED: Mapping[str, str | Promise] = {
    "call": _("A call"),
    "text": _("A message"),
    "door": _("A knock at the door"),
    "together": _("Coming together with somebody else"),
}
DOOR: Mapping[str, str | Promise] = {"safe": _("Yes, it is safe"), "not-safe": _("No, or I am not sure")}
POLICE: Mapping[str, str | Promise] = {
    "nothing": _("I leave it to you, with the advice that stands on the page"),
    "never": _("I do not want the police called for me"),
    "danger": _("Only when my life is in immediate danger"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "done": _("Done"),
    "not-reached": _("Couldn’t reach"),
    "need-help": _("I need help with this"),
}
NEWS: Mapping[str, str | Promise] = {
    "gone": _("Somebody your message was for has stepped back. It waits for nobody just now."),
    "went": _("You were quiet, and your message went out."),
    "nobody": _(
        "You were quiet, and your message did not go out: whoever it was for had stepped back meanwhile. It waits for "
        "nobody just now."
    ),
    "second-gone": _("The second person your message was for has stepped back. The first one stays."),
    "declined": _("Your friend would rather not do this. That is a fair answer, and good to know early."),
    "lost": _("The sealed message was not where it should be, so it was sealed anew."),
}
OUTCOME_NEWS: Mapping[str, str | Promise] = {
    "done": _("%(name)s has looked in, or tried to, and says it is done."),
    "not-reached": _("%(name)s could not reach you."),
    "need-help": _("%(name)s looked for somebody to help with it."),
}


def text(*, ally: str, me: str) -> str:
    """What the message says before its writer changes it: no word of health, none of abuse (DOMAIN 3.4)."""
    if not me:
        return gettext(
            "Hi %(ally)s, I asked for this to reach you if I went quiet. Could you look in on me, as we two agreed?"
        ) % {"ally": ally}
    return gettext(
        "Hi %(ally)s, %(me)s asked for this to reach you if they went quiet. Could you look in on them, as you two "
        "agreed?"
    ) % {"ally": ally, "me": me}


def days(count: int) -> str:
    """So many days."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def times(count: int) -> str:
    """How often."""
    if not count:
        return gettext("not once")
    return ngettext("%(count)s time", "%(count)s times", count) % {"count": count}


def hours(count: int) -> str:
    """So many hours."""
    return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}


def oclock(hour: int) -> str:
    """An hour of the day."""
    return f"{hour}:00"


def police(wish: str, day: dt.date | None) -> str:
    """A wish about the police, with its day."""
    said = str(POLICE[wish])
    return f"{said} ({in_words(day)})" if day and wish != "nothing" else said


def moment(at: float) -> str:
    """A moment, where the programme is."""
    here = timezone.localtime(dt.datetime.fromtimestamp(at, dt.UTC))
    return f"{in_words(here.date())}, {formats.time_format(here.time(), 'H:i')}"

"""The neutral lines a member can choose from. None says who, what or why (DOMAIN 5.4)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINES: dict[str, str | Promise] = {
    "kettle": _("The kettle is on"),
    "tea": _("There is tea"),
    "window": _("The window is open"),
    "later": _("See you later"),
}

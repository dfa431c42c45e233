"""The addresses of this room, and its places in the navigation."""

from django.utils.translation import gettext_lazy as _

from ibasho.circle.gate import members
from ibasho.today import offers, views
from ibasho.today.telling import telling_of_a_day
from ibasho.web import navigation
from ibasho.web.addresses import private

urlpatterns = [
    private("today", views.today),
    private("day", views.day, "<str:day>"),
    private("day-change", views.day_change, "<str:day>"),
    private("day-erase", views.day_erase, "<str:day>"),
    private("history", views.history),
    private("history-month", views.history_month, "<str:month>"),
    private("good-things", views.good_things),
    private("good-things-until", views.good_things, "<str:until>"),
    private("today-wishes", views.wishes),
]

navigation.add("today", _("Today"), "today", 10, shown=members)

__all__ = ["offers", "telling_of_a_day", "urlpatterns"]

"""The addresses of this room, and its place in the navigation. It works before the doors open (DOMAIN 4.3)."""

from django.utils.translation import gettext_lazy as _

from ibasho.circle.gate import members
from ibasho.plan import offers, views
from ibasho.programme.gate import works_before_opening
from ibasho.web import navigation
from ibasho.web.addresses import private

urlpatterns = [
    private("plan", views.plan),
    private("plan-read", views.read_part, "<str:part>"),
    private("plan-make", views.make),
    private("plan-part", views.part, "<str:part>"),
    private("plan-after", views.after_part, "<str:part>"),
    private("plan-beside", views.beside_it),
    private("plan-step", views.step, "<str:step>"),
    private("plan-look", views.look),
    private("plan-print", views.on_paper),
    private("plan-paper", views.paper),
    private("plan-phone", views.on_phone),
    private("plan-erase", views.erase),
]

__all__ = ["offers", "urlpatterns"]

works_before_opening(*(str(pattern.name) for pattern in urlpatterns))

navigation.add("plan", _("Plan"), "plan", 30, shown=members)

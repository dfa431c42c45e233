"""The addresses of this room, and its places in the navigation."""

from django.utils.translation import gettext_lazy as _

from ibasho.circle import hard, views
from ibasho.circle.gate import allies, for_allies_too, members
from ibasho.web import navigation
from ibasho.web.addresses import private, public

urlpatterns = [
    private("circle", views.circle),
    private("circle-invite", views.invite),
    private("circle-person", views.person, "<str:contact>"),
    private("circle-show", views.show, "<str:shown>"),
    private("circle-part", views.part, "<str:contact>"),
    private("circle-had-to", views.had_to),
    private("circle-links", views.links),
    public("seen", "s/<str:token>", views.seen),
    private("tell", views.tell),
    private("tell-wishes", views.tell_wishes),
    private("beside", views.beside),
    private("beside-one", views.beside_one, "<str:friend>"),
    private("beside-picture", views.beside_picture, "<str:picture>"),
    private("beside-back", views.step_back, "<str:friend>"),
]

for_allies_too("beside", "beside-one", "beside-picture", "beside-back")
__all__ = ["hard", "urlpatterns"]

navigation.add("beside", _("Beside"), "circle", 10, shown=allies)
navigation.add("circle", _("Circle"), "circle", 40, shown=members)

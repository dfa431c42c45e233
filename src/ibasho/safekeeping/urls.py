"""The addresses of this room. It works before the doors open, as the plan does (DOMAIN 4.3)."""

from ibasho.circle.gate import for_allies_too
from ibasho.programme.gate import works_before_opening
from ibasho.safekeeping import views
from ibasho.web.addresses import private

urlpatterns = [
    private("safekeeping", views.things),
    private("safekeeping-new", views.new),
    private("safekeeping-thing", views.thing, "<str:thing>"),
    private("safekeeping-change", views.change, "<str:thing>"),
    private("safekeeping-erase", views.erase, "<str:thing>"),
    private("safekeeping-keeping", views.keeping),
    private("safekeeping-kept", views.kept, "<str:kept>"),
]

works_before_opening(*(str(pattern.name) for pattern in urlpatterns))
for_allies_too("safekeeping-keeping", "safekeeping-kept")

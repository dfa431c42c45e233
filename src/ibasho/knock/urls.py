"""Where this room's pages live."""

from ibasho.circle import home
from ibasho.circle.gate import for_allies_too
from ibasho.knock import minutes, views
from ibasho.web.addresses import private, public

for_allies_too("knock-asked", "knock-card")
home.section("knock", 10, "knock/_home.html", views.home_part)

urlpatterns = [
    private("knock", views.knock),
    private("knock-step", views.step, "<str:asked_step>"),
    private("knock-away", views.away),
    private("knock-erase", views.erase),
    private("knock-asked", views.asked, "<str:asker>"),
    private("knock-card", views.card, "<str:asker>"),
    public("knock-tap", "here/<str:nudge>", views.tap),
]

__all__ = ["minutes", "urlpatterns"]

"""Where this room's pages live. A calendar's address begins with letters that differ in each installation."""

from ibasho import vault
from ibasho.asks import views
from ibasho.asks.telling import telling_of_an_ask
from ibasho.circle.gate import for_allies_too
from ibasho.circle.home import section
from ibasho.web.addresses import private, public

urlpatterns = [
    private("asks", views.asks),
    private("asks-week", views.week, "<str:day>"),
    private("asks-new", views.new),
    private("asks-ask", views.ask, "<str:ask>"),
    private("asks-change", views.change, "<str:ask>"),
    private("asks-more", views.more, "<str:ask>"),
    private("asks-end", views.end, "<str:ask>"),
    private("asks-asked", views.asked, "<str:asked>"),
    private("asks-read", views.read),
    private("asks-calendar", views.calendar),
    public("asks-feed", f"c/{vault.address_code('asks-feed')}/<str:calendar>", views.served),
]

__all__ = ["telling_of_an_ask", "urlpatterns"]

for_allies_too("asks-asked", "asks-read", "asks-calendar")
section("asks", 20, "asks/_home.html", views.for_home)

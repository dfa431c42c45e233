"""Where this room's pages live."""

from ibasho.pocket import views
from ibasho.programme.gate import works_before_opening
from ibasho.web.addresses import private, public
from ibasho.web.app import works_offline

works_before_opening(
    "pocket-keep", "pocket-copy"
)  # a plan works before the doors open, and so does keeping it
works_offline("pocket", files=("pocket.js",))

urlpatterns = [
    public("pocket", "help/kept", views.here),
    public("pocket-ask", "help/kept/ask", views.ask),
    private("pocket-keep", views.keep),
    private("pocket-copy", views.copy),
]

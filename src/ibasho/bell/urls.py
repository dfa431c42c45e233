"""Where this room's pages live."""

from ibasho.bell import views
from ibasho.web.addresses import private

urlpatterns = [
    private("bell", views.bell),
    private("bell-mail", views.mail),
    private("bell-browser", views.browser),
    private("bell-line", views.line),
]

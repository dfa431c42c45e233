"""Where this room's pages live."""

from ibasho.programme import access, views
from ibasho.programme.gate import works_before_opening
from ibasho.web import cover
from ibasho.web.addresses import private, public

cover.register(access.cover_name, access.cover_icon)
works_before_opening("set-up", "set-up-lines")

urlpatterns = [
    public("about", "about", views.about),
    private("set-up", views.set_up),
    private("set-up-lines", views.set_up_lines),
    private("clocks", views.clocks),
]

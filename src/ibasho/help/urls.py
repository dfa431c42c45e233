"""Where help lives: plain addresses that anybody can type."""

from django.utils.translation import gettext_lazy as _

from ibasho.help import views
from ibasho.help.shelf import SHELF
from ibasho.web import navigation
from ibasho.web.addresses import public
from ibasho.web.app import shows_the_country, works_offline, works_offline_at

urlpatterns = [
    public("help", "help", views.first),
    public("help-breathe", "help/breathe", views.breathe),
    public("help-senses", "help/senses", views.senses),
    public("help-lines", "help/lines", views.lines_here),
    public("help-lines-of", "help/lines/<str:iso2>", views.lines_of),
    public("help-country", "help/country", views.country),
    public("help-shelf", "help/shelf", views.shelf_of_skills),
    public("help-skill", "help/shelf/<str:skill>", views.skill),
    public("safety", "safety", views.safety),
]

works_offline("help", "help-breathe", "help-senses", "help-lines", "help-shelf", "safety")
for _name in SHELF:
    works_offline_at("help-skill", _name)
shows_the_country("help", "help-lines", chosen_at=("help-country", "help-lines"))
navigation.add("help", _("Help"), "help", order=90)

"""Every address of the house: each room lists its own, and this page gathers them."""

from ibasho.help.urls import urlpatterns as help_
from ibasho.people.urls import urlpatterns as people
from ibasho.pocket.urls import urlpatterns as pocket
from ibasho.programme.urls import urlpatterns as programme
from ibasho.today.urls import urlpatterns as today
from ibasho.web.urls import urlpatterns as web

# Read in this order: what is opened most comes first.
urlpatterns = [*today, *people, *programme, *help_, *pocket, *web]

handler400 = "ibasho.web.error_pages.bad_request"
handler403 = "ibasho.web.error_pages.not_allowed"
handler404 = "ibasho.web.error_pages.not_found"
handler500 = "ibasho.web.error_pages.broken"

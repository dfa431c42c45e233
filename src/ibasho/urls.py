"""Every address of the house: each room lists its own, and this page gathers them."""

from ibasho.asks.urls import urlpatterns as asks
from ibasho.bell.urls import urlpatterns as bell
from ibasho.circle.urls import urlpatterns as circle
from ibasho.help.urls import urlpatterns as help_
from ibasho.keepsakes.urls import urlpatterns as keepsakes
from ibasho.knock.urls import urlpatterns as knock
from ibasho.people.urls import urlpatterns as people
from ibasho.plan.urls import urlpatterns as plan
from ibasho.pocket.urls import urlpatterns as pocket
from ibasho.programme.urls import urlpatterns as programme
from ibasho.safekeeping.urls import urlpatterns as safekeeping
from ibasho.today.urls import urlpatterns as today
from ibasho.web.urls import urlpatterns as web

# Read in this order: what is opened most comes first.
urlpatterns = [
    *today,
    *plan,
    *circle,
    *keepsakes,
    *safekeeping,
    *knock,
    *asks,
    *people,
    *programme,
    *help_,
    *pocket,
    *bell,
    *web,
]

handler400 = "ibasho.web.error_pages.bad_request"
handler403 = "ibasho.web.error_pages.not_allowed"
handler404 = "ibasho.web.error_pages.not_found"
handler500 = "ibasho.web.error_pages.broken"

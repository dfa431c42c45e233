"""Where the installable app lives: addresses that browsers expect to be plain."""

from ibasho.web import app
from ibasho.web.addresses import public

urlpatterns = [
    public("manifest", "manifest.webmanifest", app.manifest),
    public("worker", "sw.js", app.worker),
    public("offline", "offline", app.offline),
]

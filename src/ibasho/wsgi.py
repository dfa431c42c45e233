"""The application as a web server runs it: the vault is opened first, the files are prepared once.

The server loads this before it forks, so that its workers share the compiled templates and the files.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries

from ibasho import vault
from ibasho.web import static_files
from ibasho.web.pages import environment
from ibasho.web.templating import warm

try:
    vault.current()  # `ibasho up` has opened it already
except vault.NotReady:
    vault.configure(settings.IBASHO_DATA, settings.IBASHO_RUN, settings.DATABASE_URL)
_django = get_wsgi_application()

# Django tidies up after databases and caches around each request. Nobody here has any.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)

warm(environment())

_files = settings.IBASHO_RUN / "static"
static_files.build(_files)
application = static_files.serve(_django, _files, https=settings.IBASHO_HTTPS)

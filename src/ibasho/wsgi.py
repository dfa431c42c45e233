"""The application as a web server runs it: the vault is opened first, the files are prepared once.

The server loads this before it forks, so that its workers share the compiled templates and the files.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ibasho import vault
from ibasho.web import static_files
from ibasho.web.pages import environment
from ibasho.web.templating import warm

try:
    vault.current()  # `ibasho up` has opened it already
except vault.NotReady:
    vault.configure(settings.IBASHO_DATA, settings.IBASHO_RUN, settings.DATABASE_URL)
_django = get_wsgi_application()
warm(environment())

_files = settings.IBASHO_RUN / "static"
static_files.build(_files)
application = static_files.serve(_django, _files, https=settings.IBASHO_HTTPS)

"""The application as a web server runs it: the vault is opened first, the files are prepared once.

The server loads this before it forks, so that its workers share the compiled templates and the files.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ibasho.settings")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from ibasho import vault  # noqa: E402
from ibasho.web import static_files  # noqa: E402
from ibasho.web.pages import environment  # noqa: E402
from ibasho.web.templating import warm  # noqa: E402

try:
    vault.current()  # `ibasho up` has opened it already
except vault.NotReady:
    vault.configure(settings.IBASHO_DATA, settings.IBASHO_RUN, settings.DATABASE_URL)
_django = get_wsgi_application()
warm(environment())

_files = settings.IBASHO_RUN / "static"
static_files.build(_files)
application = static_files.serve(_django, _files, https=settings.IBASHO_HTTPS)

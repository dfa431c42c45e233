"""The jail as the unit in deploy/ has it: the child stays the user of the programme, and namespaces are refused.

Run by test_jail in a process of its own, which is not root: `python as_shipped.py FOLDER PORT`.
"""

import json
import os
import sys
from pathlib import Path

from ibasho import jail
from ibasho.keepsakes import pictures
from ibasho.keepsakes.tests.made import as_file
from ibasho.machine.tests import hostile  # noqa: F401 (registers its parsers)


def main(folder, port):
    # RestrictNamespaces=yes
    jail._BEGIN = jail._BEGIN.replace(
        "jail import _child;", "jail import _child; import ibasho.jail as j; j._leave_the_network = bool;"
    )
    Path(folder, "pepper.key").write_bytes(b"zebra-pepper")
    Path(folder, "database").write_bytes(b"zebra-database")
    Path(folder, "empty").mkdir()
    about = json.dumps({"folder": folder, "port": int(port), "parent": os.getpid()}).encode()
    said = {
        "user": os.geteuid(),
        "tried": [json.loads(jail.run(name, about)) for name in ("test-tries", "test-tries-with-threads")],
        "read": [pictures.read(as_file(kind)).width for kind in ("JPEG", "PNG", "WEBP", "HEIF")],
        "left": sorted(path.name for path in Path(folder).iterdir()),
        "database": Path(folder, "database").read_text(),
    }
    print(json.dumps(said))


main(*sys.argv[1:])

"""Makes `python -m ibasho` the same as `ibasho`."""

import sys

from ibasho.machine.cli import main

if __name__ == "__main__":
    sys.exit(main())

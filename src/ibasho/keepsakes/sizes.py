"""How large a picture is kept, and how the jail says so. Known on both sides of it, so nothing is loaded here."""

import struct
from typing import Final

LARGE_SIDE: Final = 1600  # pixels: as wide as a large screen
SMALL_SIDE: Final = 320
# What fits a box of 512 KiB, and one of 16 KiB, written in base64 (VAULT 3.2): outside, most pictures look alike.
LARGE_MOST: Final = 390_000  # bytes
SMALL_MOST: Final = 11_900

KEPT, TOO_LARGE, NOT_A_PICTURE = b"k", b"l", b"n"
HEAD: Final = struct.Struct(">cHHI")  # what became of it; width, height and bytes of the large one

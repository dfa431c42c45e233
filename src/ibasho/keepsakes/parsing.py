"""Inside the jail: a picture that a stranger made becomes two of ours (VAULT 10, attacks 53 to 55).

Only this module reads foreign pictures, and only in the child process. Everything it needs is loaded at its
top. What goes in is told by its first bytes, never by a name; what comes out is pixels alone: no place, no maker,
no comment, no profile, and nothing that lay beside the picture in the same file.
"""

import io
import warnings
from typing import Final

import pillow_heif
from PIL import (  # noqa: F401 (loaded before anything is taken away)
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from ibasho.keepsakes.sizes import (
    HEAD,
    KEPT,
    LARGE_MOST,
    LARGE_SIDE,
    NOT_A_PICTURE,
    SMALL_MOST,
    SMALL_SIDE,
    TOO_LARGE,
)

# 24 megapixels as phones count them: the usual photograph of 2026 has 5712 x 4284, a little more than 24 million.
MOST_PIXELS: Final = 24 << 20
# WebP is read whole and with a second canvas, so half of that is what fits the memory of the jail.
MOST_PIXELS_WEBP: Final = 12 << 20

QUALITIES: Final = (82, 74, 66, 58, 48, 38, 28)

PAPER: Final = (0xFB, 0xF7, 0xF0)  # what shows through where a picture is clear

_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

Image.preinit()
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
pillow_heif.options.DECODE_THREADS = 0  # one thread of the decoder itself is enough
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
warnings.simplefilter("ignore")


def kind_of(data: bytes) -> str:
    """What the first bytes say: JPEG, PNG, WEBP, HEIF, or nothing that can be kept."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "HEIF"
    return ""


def as_kept(data: bytes) -> bytes:
    """The large and the small picture, behind a head; or a head alone that says why not."""
    kind = kind_of(data)
    if not kind:
        return HEAD.pack(NOT_A_PICTURE, 0, 0, 0)
    try:
        picture = Image.open(io.BytesIO(data), formats=[kind])
    except Image.DecompressionBombError:
        return HEAD.pack(TOO_LARGE, 0, 0, 0)
    width, height = picture.size
    if width * height > (MOST_PIXELS_WEBP if kind == "WEBP" else MOST_PIXELS):
        return HEAD.pack(TOO_LARGE, 0, 0, 0)
    upright = _upright(picture)
    large, size = _written(upright, LARGE_SIDE, LARGE_MOST)
    small, _ = _written(upright, SMALL_SIDE, SMALL_MOST)
    return HEAD.pack(KEPT, *size, len(large)) + large + small


def _upright(picture: Image.Image) -> Image.Image:
    """The first frame, not much larger than it will be kept, the right way up, on paper."""
    if picture.mode in ("P", "1"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.draft("RGB", (LARGE_SIDE, LARGE_SIDE))  # a JPEG need not be read in full
    picture.thumbnail((LARGE_SIDE, LARGE_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I") or upright.mode == "F":
        upright = upright.convert("F").point(lambda level: level / 256).convert("L")  # sixteen bits of grey
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.new("RGB", seen.size, PAPER)
        upright.paste(seen, mask=seen.getchannel("A"))
    return upright.convert("RGB")


def _written(picture: Image.Image, side: int, most: int) -> tuple[bytes, tuple[int, int]]:
    """A JPEG of the pixels alone, as good as fits; smaller where even that is too much."""
    while True:
        sized = picture.copy()
        sized.thumbnail((side, side), Image.Resampling.LANCZOS)
        plain = Image.new("RGB", sized.size)  # knows nothing of the file that it came from
        plain.paste(sized)
        for quality in QUALITIES:
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= most:
                return out.getvalue(), plain.size
        side = side * 3 // 4

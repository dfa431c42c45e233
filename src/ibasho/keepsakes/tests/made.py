"""Pictures made for a test: what a phone would send, and what nobody honest would."""

import io
import struct
import zlib
from fractions import Fraction

import pillow_heif
from PIL import Image, PngImagePlugin

PLACE = "zebra-place"


def a_picture(size=(640, 480), mode="RGB"):
    """Left half blue, right half green, so that one sees how it lies."""
    picture = Image.new("RGB", size, (40, 60, 200))
    picture.paste((40, 200, 60), (size[0] // 2, 0, *size))
    return picture.convert(mode)


def exif(orientation=1):
    """What a phone writes beside a photograph: its place, its maker, a comment, and how it was held."""
    said = Image.Exif()
    said[0x010F] = f"{PLACE} maker"
    said[0x0112] = orientation
    said[0x010E] = f"{PLACE} description"
    said.get_ifd(0x8825).update({1: "N", 2: (Fraction(51), Fraction(30), Fraction(7)), 27: PLACE.encode()})
    said.get_ifd(0x8769).update({0x9286: f"{PLACE} comment".encode()})
    return said


def as_file(kind, picture=None, **more):
    """The bytes of a picture with everything beside it that its kind has room for."""
    picture, out = picture or a_picture(), io.BytesIO()
    xmp = f"<x:xmpmeta>{PLACE}</x:xmpmeta>".encode()
    more = {"exif": exif(more.pop("orientation", 1)), "icc_profile": f"{PLACE} profile".encode()} | more
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(
            out, quality=60, exif=more["exif"].tobytes(), xmp=xmp, enc_params={"preset": "ultrafast"}
        )
        return out.getvalue()
    if kind == "JPEG":
        more |= {"comment": f"{PLACE} comment", "xmp": xmp}
    if kind == "WEBP":
        more |= {"xmp": xmp}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", PLACE)
        more |= {"pnginfo": text}
    picture.save(out, kind, **more)
    return out.getvalue()


def bomb(width=50_000, height=50_000):
    """A PNG of a few hundred kilobytes that unfolds into gigabytes (attack 53)."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    packer, row = zlib.compressobj(9), b"\0" * (1 + width // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")

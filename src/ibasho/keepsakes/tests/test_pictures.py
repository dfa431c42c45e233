"""What becomes of a picture on its way in: attacks 53, 54 and 55, and the honest ones."""

import io
import time

import pytest
from PIL import Image

from ibasho import jail
from ibasho.keepsakes import pictures
from ibasho.keepsakes.sizes import LARGE_MOST, LARGE_SIDE, SMALL_MOST, SMALL_SIDE
from ibasho.keepsakes.tests.made import PLACE, a_picture, as_file, bomb

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")


def opened(jpeg):
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


@pytest.mark.parametrize("kind", KINDS)
def test_attack_54_a_photograph_is_kept_without_the_place_it_was_taken_at(kind):
    sent = as_file(kind)
    assert PLACE.encode() in sent or kind == "PNG"  # packed there
    picture = pictures.read(sent)
    assert (picture.width, picture.height) == (640, 480)
    for jpeg in (picture.large, picture.small):
        assert PLACE.encode() not in jpeg
        found = opened(jpeg)
        assert dict(found.getexif()) == {}
        assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert {marker for marker, _ in found.applist} == {"APP0"}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_photograph_stands_the_way_it_was_taken(kind):
    """The phone was held upright: the left of the file is the top of the picture."""
    picture = pictures.read(as_file(kind, orientation=6))
    assert (picture.width, picture.height) == (480, 640)
    seen = opened(picture.large)
    top, bottom = seen.getpixel((240, 40)), seen.getpixel((240, 600))
    assert top[2] > 150 > bottom[2]
    assert bottom[1] > 150 > top[1]


def test_a_heic_that_lies_on_its_side_is_turned_once():
    picture = pictures.read(as_file("HEIF", orientation=6))
    assert (picture.width, picture.height) == (480, 640)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK", "I;16"])
def test_every_way_of_writing_colours_is_read(mode):
    kind = {"CMYK": "JPEG"}.get(mode, "PNG")
    picture = pictures.read(as_file(kind, a_picture(mode="L" if mode == "I;16" else mode).convert(mode)))
    assert opened(picture.large).size == (640, 480)


def test_what_is_clear_shows_the_paper():
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    picture = pictures.read(as_file("PNG", clear))
    assert all(
        abs(a - b) < 4 for a, b in zip(opened(picture.large).getpixel((9, 9)), (251, 247, 240), strict=True)
    )


def test_of_a_picture_that_moves_the_first_moment_is_kept():
    first, out = Image.new("RGB", (300, 200), (10, 10, 220)), io.BytesIO()
    first.save(out, "WEBP", save_all=True, append_images=[Image.new("RGB", (300, 200), (220, 10, 10))])
    assert opened(pictures.read(out.getvalue()).large).getpixel((9, 9))[2] > 150


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_photograph_of_each_kind_fits_the_jail_and_its_boxes(kind):
    """The worst there is: noise, and nearly as many points as are taken."""
    size = (4000, 3000) if kind == "WEBP" else (5712, 4284)
    noise = Image.effect_noise((size[0] // 6, size[1] // 6), 70).resize(size)
    more = {"JPEG": {"quality": 60}, "WEBP": {"quality": 60, "method": 0}, "PNG": {"compress_level": 1}}
    sent = noise.convert("RGB") if kind in ("JPEG", "WEBP") else _even(size)
    picture = pictures.read(
        as_file(kind, sent if kind != "HEIF" else sent.convert("RGB"), **more.get(kind, {}))
    )
    assert max(picture.width, picture.height) <= LARGE_SIDE
    assert max(opened(picture.small).size) <= SMALL_SIDE
    assert len(picture.large) <= LARGE_MOST
    assert len(picture.small) <= SMALL_MOST


def _even(size):
    """A PNG of noise would be larger than is taken; one with clear parts takes the most memory."""
    return Image.new("RGBA", size, (90, 120, 40, 128))


def test_attack_53_a_picture_that_would_fill_the_memory_is_refused_at_once():
    sent = bomb()
    assert len(sent) < 1 << 20
    began = time.monotonic()
    with pytest.raises(pictures.PictureTooLarge):
        pictures.read(sent)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("size", [(6000, 5000), (25_165_825, 1)])
def test_a_picture_of_too_many_points_is_refused_before_it_is_unfolded(size):
    with pytest.raises(pictures.PictureTooLarge):
        pictures.read(bomb(*size))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"zebra",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><html><script>alert(1)</script></html>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"%PDF-1.7 zebra",
        b"PK\x03\x04zebra",
        b"BM" + bytes(60),
        b"II*\x00" + bytes(60),
        b"\x00\x00\x00\x1cftypavif" + bytes(60),
        b"\x00\x00\x00\x1cftypmp42" + bytes(60),
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\n" + b"\xff\xd8\xff\xe0",
    ],
    ids=lambda sent: repr(sent[:14]),
)
def test_attack_55_what_is_no_picture_of_a_kind_we_take_is_refused_kindly(sent):
    with pytest.raises(pictures.NotAPicture) as refused:
        pictures.read(sent)
    assert "JPEG, PNG, WebP and HEIC" in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_file_is_refused_and_nothing_else_happens(kind):
    whole = as_file(kind)
    for sent in (whole[:24], whole[: len(whole) // 2], whole[:40] + bytes(len(whole) - 40)):
        with pytest.raises(pictures.PictureUnreadable):
            pictures.read(sent)


def test_what_lay_in_the_same_file_beside_the_picture_is_gone():
    """A picture that is also a page, or an archive, is a picture afterwards."""
    for more in (b"<html><script>zebra()</script>", b"PK\x03\x04zebra-archive"):
        picture = pictures.read(as_file("JPEG") + more)
        assert b"zebra" not in picture.large + picture.small


def test_a_file_that_says_it_is_of_another_kind_is_read_by_what_it_is():
    """A PNG's first bytes and the rest of a JPEG: one parser is asked, and it says no."""
    with pytest.raises(pictures.PictureUnreadable):
        pictures.read(b"\x89PNG\r\n\x1a\n" + as_file("JPEG"))


def test_more_bytes_than_are_taken_never_reach_the_jail(monkeypatch):
    monkeypatch.setattr(jail, "run", lambda *_: pytest.fail("it was read"))
    with pytest.raises(pictures.FileTooLarge):
        pictures.read(bytes((8 << 20) + 1))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"k",
        b"k\x00\x10\x00\x10\x00\x00\x00\x06<html><html>",
        b"k\x00\x00\x00\x10\x00\x00\x00\x05\xff\xd8\xff\xff\xd9\xff\xd8\xff\xff\xd9",
        b"k\xff\xff\x00\x10\x00\x00\x00\x05\xff\xd8\xff\xff\xd9\xff\xd8\xff\xff\xd9",
        b"k\x00\x10\x00\x10\xff\xff\xff\xff\xff\xd8\xff\xff\xd9",
        b"z\x00\x10\x00\x10\x00\x00\x00\x05\xff\xd8\xff\xff\xd9\xff\xd8\xff\xff\xd9",
        b"k\x00\x10\x00\x10"
        + (500_000).to_bytes(4)
        + b"\xff\xd8\xff"
        + bytes(499_995)
        + b"\xff\xd9\xff\xd8\xff\xff\xd9",
    ],
    ids=range(8),
)
def test_whoever_takes_over_the_jail_can_still_only_say_a_picture(said, monkeypatch):
    monkeypatch.setattr(jail, "run", lambda *_: said)
    with pytest.raises(pictures.PictureUnreadable):
        pictures.read(b"\xff\xd8\xff")


def test_nothing_outside_the_jail_ever_loads_what_reads_a_photograph():
    import subprocess
    import sys
    from pathlib import Path

    source = Path(__file__).resolve().parents[3]
    code = "import sys; from ibasho.keepsakes import pictures; print([m for m in sys.modules if 'heif' in m])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"

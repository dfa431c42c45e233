"""A picture on its way in: what the jail makes of a file, and what is believed of its answer."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from ibasho import jail
from ibasho.errors import IbashoError
from ibasho.keepsakes.records import PICTURE_IN_MOST
from ibasho.keepsakes.sizes import HEAD, KEPT, LARGE_MOST, LARGE_SIDE, NOT_A_PICTURE, SMALL_MOST, TOO_LARGE

# By name: nothing in this process ever loads what reads a picture.
jail.register("keepsake-picture", "ibasho.keepsakes.parsing:as_kept", threads=True)


class NotAPicture(IbashoError):
    """The file is none of the kinds that are taken, whatever its name says."""

    message = _("This file is not a picture that can be kept here. JPEG, PNG, WebP and HEIC can.")
    status = 422


class PictureTooLarge(IbashoError):
    """More pixels than the jail has memory for."""

    message = _(
        "This picture is larger than can be read here: 24 megapixels have room, or 12 in a WebP. "
        "A smaller copy of it will fit."
    )
    status = 422


class FileTooLarge(IbashoError):
    """More bytes than are taken."""

    message = _("This file is larger than fits here: 8 MB have room. A smaller copy of it will fit.")
    status = 422


class PictureUnreadable(IbashoError):
    """It says that it is a picture, and cannot be read as one."""

    message = _("This picture could not be read. It may be damaged; another copy of it may work.")
    status = 422


@dataclass(frozen=True)
class Picture:
    """Two JPEGs of ours, without anything but what is seen."""

    width: int
    height: int
    large: bytes = field(repr=False)
    small: bytes = field(repr=False)


def read(data: bytes) -> Picture:
    """What is kept of a file.

    Raises NotAPicture, PictureTooLarge, FileTooLarge, PictureUnreadable, jail.Occupied and jail.Unguarded.
    """
    if len(data) > PICTURE_IN_MOST:
        raise FileTooLarge
    try:
        said = jail.run("keepsake-picture", data)
    except jail.Unreadable:
        raise PictureUnreadable from None
    if len(said) < HEAD.size:
        raise PictureUnreadable
    what, width, height, length = HEAD.unpack_from(said)
    if what == NOT_A_PICTURE:
        raise NotAPicture
    if what == TOO_LARGE:
        raise PictureTooLarge
    large, small = said[HEAD.size : HEAD.size + length], said[HEAD.size + length :]
    # Whoever took over the child may say anything; what is kept has the shape of ours all the same.
    fits = len(large) <= LARGE_MOST and len(small) <= SMALL_MOST and min(width, height) > 0
    if what != KEPT or not (
        fits and max(width, height) <= LARGE_SIDE and _is_jpeg(large) and _is_jpeg(small)
    ):
        raise PictureUnreadable
    return Picture(width, height, large, small)


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")

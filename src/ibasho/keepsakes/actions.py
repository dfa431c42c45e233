"""What people do with their keepsakes. Nothing else in Ibasho writes these kinds of record."""

import secrets
from contextlib import suppress

from django.utils.translation import gettext_lazy as _

from ibasho import vault
from ibasho.circle import actions as circle
from ibasho.errors import IbashoError
from ibasho.keepsakes import access
from ibasho.keepsakes.pictures import Picture
from ibasho.keepsakes.records import (
    MOST_KEEPSAKES,
    MOST_PICTURES,
    Keepsake,
    KeepsakePicture,
    KeepsakeThumbnail,
    key_at,
    place_of,
)


class NoRoom(IbashoError):
    """As many keepsakes as fit are there."""

    message = _(
        "There is no room for another one just now. You can let one go first. Nothing you wrote is lost."
    )
    status = 422


class NoRoomForPictures(IbashoError):
    """As many pictures as fit are there."""

    message = _("There is no room for another picture just now. You can let one go first.")
    status = 422


def new_key() -> str:
    """The key of a keepsake that is about to be kept."""
    return secrets.token_hex(8)


def check_room(space: vault.Space, *, picture: bool) -> None:
    """Pass while there is room for one more. Raises NoRoom, NoRoomForPictures."""
    many, pictures = access.counts_of(space)
    if many >= MOST_KEEPSAKES:
        raise NoRoom
    if picture and pictures >= MOST_PICTURES:
        raise NoRoomForPictures


def keep(space: vault.Space, *, key: str, record: Keepsake, picture: Picture | None = None) -> str:
    """Keep something new, with its picture; all of it or nothing. Gives the key it is kept under.

    `key` was handed out with the form: the same form sent twice is kept once. Raises NoRoom, NoRoomForPictures.
    """
    if _is_there(space, key, record, picture):
        return key
    check_room(space, picture=picture is not None)
    records: list[vault.Record] = [record]
    if picture:
        records += [KeepsakePicture(jpeg=picture.large), KeepsakeThumbnail(jpeg=picture.small)]
    try:
        space.keep_together(records, at=place_of(key))
    except vault.Changed:
        if _is_there(space, key, record, picture):
            return key
        key = new_key()  # the page before was opened again, and something else was said on it
        space.keep_together(records, at=place_of(key))
    return key


def change(space: vault.Space, *, key: str, record: Keepsake, seen: int) -> None:
    """Keep other words in place of those that were there; `seen` is the version the writer saw.

    Sending the same twice is the same as once. Raises vault.NotFound, and vault.Changed when another tab kept
    something else in between.
    """
    before = space.read(Keepsake, place_of(key))
    if before.record == record:
        return
    space.change(before.id, record, expects=seen)
    circle.refresh(space, "keepsake")


def erase(space: vault.Space, *, key: str) -> None:
    """Erase a keepsake and its picture for good. One that is gone already stays gone."""
    with suppress(vault.NotFound):
        space.forget_together([Keepsake, KeepsakePicture, KeepsakeThumbnail], place_of(key))
        circle.refresh(space, "keepsake")


def _is_there(space: vault.Space, key: str, record: Keepsake, picture: Picture | None) -> bool:
    """Whether this very thing is kept under this key, at whatever time it was sent before."""
    before = access.find_keepsake(space, key)
    if before is None or _said(before.record) != _said(record):
        return False
    return picture is None or access.picture_of(space, key_at(before.id)) == picture.large


def _said(record: Keepsake) -> tuple[str, ...]:
    return record.sort, record.text, record.by, record.title, record.link

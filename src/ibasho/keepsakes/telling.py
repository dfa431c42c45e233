"""How keepsakes are taken along (the export): words as text, pictures as files that anything opens."""

from collections.abc import Iterator

from ibasho import vault
from ibasho.keepsakes import access
from ibasho.keepsakes.records import Keepsake, KeepsakePicture, KeepsakeThumbnail, key_at


@vault.exporter(Keepsake)
def telling_of_a_keepsake(kept: vault.Kept[Keepsake]) -> str:
    """A keepsake as a few plain lines; a picture by the name of its file."""
    view = access.view_of(kept)
    file = _name_of(view.id) if view.sort == "picture" else ""
    return "\n".join(line for line in (view.title, view.text, view.by, view.link, file) if line)


@vault.file_exporter(KeepsakePicture)
def files_of_a_picture(kept: vault.Kept[KeepsakePicture]) -> Iterator[tuple[str, bytes]]:
    """The picture itself."""
    yield _name_of(key_at(kept.id)), kept.record.jpeg


@vault.file_exporter(KeepsakeThumbnail)
def files_of_a_thumbnail(kept: vault.Kept[KeepsakeThumbnail]) -> Iterator[tuple[str, bytes]]:
    """Nothing: it is the same picture once more, small."""
    yield from ()


def _name_of(key: str) -> str:
    return f"keepsakes/{key}.jpg"

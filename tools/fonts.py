"""Cut the two typefaces down to what Ibasho writes, and put them among the static files.

    npm pack @fontsource-variable/atkinson-hyperlegible-next @fontsource-variable/literata
    tar xzf each of them into its own folder, then
    python tools/fonts.py ATKINSON/package/files LITERATA/package/files

Both are under the SIL Open Font License 1.1 (see THIRD_PARTY.md). The result is committed, so nobody
has to run this unless a letter is missing. Needs fonttools and brotli (the `dev` requirements).
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parent.parent / "src/ibasho/web/static/fonts"

# English, Spanish, German and French, with the punctuation each of them is set with.
LETTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸÁÍÓÚÑẞàâäæçéèêëîïôöœùûüÿáíóúñß"
    + "\u00a0\u202f\u00ad¡¿«»‹›„“”‚‘’–—…·•°×÷½¼¾€£¥§©←→−ªº"
)

# Text keeps the weights between regular and bold; headings, always large, keep one weight and one size.
CUTS: tuple[tuple[str, str, dict[str, float | tuple[float, float]]], ...] = (
    ("atkinson-hyperlegible-next-latin-wght-normal.woff2", "text.woff2", {"wght": (400, 700)}),
    ("literata-latin-opsz-normal.woff2", "heading.woff2", {"wght": 500, "opsz": 36}),
)


def cut(source: Path, target: Path, axes: dict[str, float | tuple[float, float]]) -> int:
    """Write a smaller copy of one variable font; returns its size in bytes."""
    font = TTFont(source)
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # names, copyright and licence stay inside the file
    subsetter = Subsetter(options)
    subsetter.populate(text=LETTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    font.save(target)
    return target.stat().st_size


def main(folders: list[str]) -> None:
    """Find each source in the given folders and cut it."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, result, axes in CUTS:
        source = next(path for folder in folders if (path := Path(folder) / name).exists())
        print(f"{result}: {cut(source, TARGET / result, axes)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])

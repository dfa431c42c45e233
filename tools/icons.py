"""Draw the icons of the covers: one SVG for tabs, and PNGs for phones, from our own drawings. Run after changing one.

    .venv/bin/python tools/icons.py

The results are committed. A phone cuts a PNG to a shape of its own, so its paper reaches the edge and the drawing stays
inside the middle four fifths (the safe area of a maskable icon). Chromium draws, Pillow makes them small.
"""

import io
import os
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from ibasho.web.cover import ICONS
from ibasho.web.templating import DRAWINGS

FOLDER = Path(__file__).resolve().parent.parent / "src/ibasho/web/static/icons"
SIZES = (180, 192, 512)
COLOURS = 8
MOST = 4096  # bytes: a phone on a bad line fetches one of them
BACK, LINE = "#3D4C7C", "#FBF7F0"


def svg(name: str, *, corner: int, scale: float) -> str:
    """An icon on a 48 unit square. `scale`: how large the drawing of 24 units stands in it."""
    text = (DRAWINGS / f"{ICONS[name]}.svg").read_text("utf-8")
    paths = "".join(re.findall(r'd="([^"]+)"', text))
    edge = round(24 - 12 * scale, 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="{corner}" '
        f'fill="{BACK}"/><path transform="translate({edge} {edge})scale({scale})" d="{paths}" fill="none" '
        f'stroke="{LINE}" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def main() -> None:
    """Write every icon, and refuse one that is too large."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        where = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = play.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
        for name in ICONS:
            (FOLDER / f"{name}.svg").write_text(svg(name, corner=12, scale=1.4))
            for size in SIZES:
                tab = browser.new_page(viewport={"width": size, "height": size})
                drawn = svg(name, corner=0, scale=1.3).replace(
                    "<svg ", f'<svg width="{size}" height="{size}" '
                )
                tab.set_content(f"<body style='margin:0'>{drawn}")
                picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB").quantize(COLOURS)
                file = FOLDER / f"{name}-{size}.png"
                picture.save(file, optimize=True)
                print(file.name, file.stat().st_size)
                if file.stat().st_size > MOST:
                    raise SystemExit(f"{file.name} is larger than {MOST} bytes")
                tab.close()
        browser.close()


if __name__ == "__main__":
    main()

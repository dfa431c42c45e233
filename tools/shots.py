"""A picture of every page, phone and desktop, light and dark. Prints the folder it wrote to.

python tools/shots.py                      docs/pictures: one file a page, and a few for the README
python tools/shots.py FOLDER --whole       every page whole, four files each, for looking at closely
python tools/shots.py FOLDER --only today circle-page   only pages whose name has one of these in it

The pages are those of tests/support/sights.py, written by invented people on a day that stands still.
"""

import argparse
import io
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
_PLACE = Path(tempfile.mkdtemp(prefix="ibasho-shots-"))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "ibasho.settings",
    "IBASHO_DATA": str(_PLACE),
    "IBASHO_RUN": str(_PLACE),
}

import django  # noqa: E402
import pytest  # noqa: E402

from ibasho import vault  # noqa: E402

vault.configure(_PLACE / "first", _PLACE / "run", make=True)
django.setup()

from PIL import Image  # noqa: E402

from ibasho.vault import words  # noqa: E402
from tests.support.served import chromium, served  # noqa: E402
from tests.support.sights import SIGHTS  # noqa: E402

PICTURES = ROOT / "docs/pictures"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
MOST = 60 * 1024  # bytes of one picture
GAP, PAPER = 24, "#8a8580"

# readme-….png -> page, scheme, width and height
README = {
    "today-phone-light": ("today-written", "light", 390, 844),
    "help-phone-dark": ("help-from-inside", "dark", 390, 844),
    "history-desktop-light": ("history", "light", 960, 1300),
    "sign-in-phone-light": ("sign-in", "light", 390, 844),
    "kept-phone-dark": ("today-kept", "dark", 390, 844),
    "circle-phone-light": ("circle-person", "light", 390, 844),
}

# What is drawn by lot would make every picture new: the same words stand in for it.
STAND_INS = """
for (const one of document.querySelectorAll('strong[translate=no]')) one.textContent = 'lantern meadow';
for (const one of document.querySelectorAll('code'))
  one.textContent = one.textContent.replace(/AGE-SECRET-KEY-1\\w{20,}/, 'AGE-SECRET-KEY-1' + '7QH4W2XZ'.repeat(7));
"""


def pictures_of(tab: Any, *, whole: bool) -> dict[tuple[str, str], Image.Image]:
    """What a tab shows, on both sizes, light and dark; the page to its end, or what a screen holds."""
    taken = {}
    tab.evaluate(STAND_INS)
    tab.evaluate("document.activeElement?.blur()")
    tab.mouse.move(0, 0)
    for size, (width, height) in SIZES.items():
        tab.set_viewport_size({"width": width, "height": height})
        tall = tab.evaluate("document.documentElement.scrollHeight")
        if whole and tall > height:  # as on a screen so tall that the places at its foot stay at the foot
            tab.set_viewport_size({"width": width, "height": tall})
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            taken[size, scheme] = screen_of(tab)
    return taken


def screen_of(tab: Any) -> Image.Image:
    """What stands on the screen, from the top of the page."""
    tab.evaluate("scrollTo(0, 0)")
    tab.wait_for_timeout(60)
    return Image.open(io.BytesIO(tab.screenshot(animations="disabled"))).convert("RGB")


def sheet(taken: dict[tuple[str, str], Image.Image]) -> Image.Image:
    """All four side by side: two phones, and the desktop beneath each other at half its size."""
    phones = [_top(taken["phone", scheme], 1688) for scheme in ("light", "dark")]
    wide = [_top(taken["desktop", scheme], 900) for scheme in ("light", "dark")]
    wide = [one.resize((one.width // 2, one.height // 2), Image.Resampling.LANCZOS) for one in wide]
    height = max(*(one.height for one in phones), sum(one.height for one in wide) + GAP) + 2 * GAP
    width = sum(one.width for one in phones) + wide[0].width + 4 * GAP
    whole = Image.new("RGB", (width, height), PAPER)
    across = GAP
    for one in phones:
        whole.paste(one, (across, GAP))
        across += one.width + GAP
    down = GAP
    for one in wide:
        whole.paste(one, (across, down))
        down += one.height + GAP
    return whole


def _top(image: Image.Image, height: int) -> Image.Image:
    return image.crop((0, 0, image.width, min(height, image.height)))


def keep(image: Image.Image, path: Path) -> None:
    """Write a picture as small as it has to be."""
    for quality in (70, 55, 40, 25, 10):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= MOST:
            break
    path.write_bytes(buffer.getvalue())


def keep_png(image: Image.Image, path: Path) -> None:
    """Write a picture with few colours, for places that want a PNG."""
    for colours in (128, 64, 32, 16):
        buffer = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MOST:
            break
    path.write_bytes(buffer.getvalue())


def take(folder: Path, only: list[str], *, whole: bool) -> None:
    """Show every page, and keep pictures of it."""
    drawn = SimpleNamespace(choice=random.Random(1122).choice)  # noqa: S311 for pictures only
    with (
        pytest.MonkeyPatch.context() as patch,
        served(_PLACE / "house", patch) as house,
        chromium() as browser,
    ):
        patch.setattr(words, "secrets", drawn)
        for sight in SIGHTS:
            if not any(one in sight.name for one in only) or sight.name == "leave":
                continue
            context = browser.new_context(base_url=house.origin, viewport={"width": 390, "height": 844})
            tab = context.new_page()
            sight.show(tab, house)
            taken = pictures_of(tab, whole=whole)
            if whole:
                for (size, scheme), image in taken.items():
                    image.save(folder / f"{sight.name}-{size}-{scheme}.png")
            else:
                keep(sheet(taken), folder / f"{sight.name}.webp")
            for name, (page, scheme, width, height) in README.items():
                if page == sight.name:
                    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    tab.set_viewport_size({"width": width, "height": height})
                    keep_png(screen_of(tab), folder / f"readme-{name}.png")
            context.close()


def main() -> None:
    """Take what was asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", nargs="?", type=Path, default=PICTURES)
    asked.add_argument("--only", nargs="+", default=[""])
    asked.add_argument("--whole", action="store_true")
    said = asked.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    try:
        take(said.folder, said.only, whole=said.whole)
    finally:
        shutil.rmtree(_PLACE, ignore_errors=True)
    print(said.folder)


if __name__ == "__main__":
    main()

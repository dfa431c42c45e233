"""A picture on its way, in a real browser: made smaller where there is JavaScript, and taken as it is otherwise."""

import io

import pytest
from PIL import Image

from ibasho import vault
from ibasho.keepsakes import access, pictures
from ibasho.keepsakes.tests.made import PLACE, as_file
from ibasho.web.addresses import address
from tests.support.person import until
from tests.support.served import chromium, served
from tests.support.sights import come_in, press

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with (
        pytest.MonkeyPatch.context() as patch,
        served(tmp_path_factory.mktemp("house"), patch, ("Daniel", "Mia")) as house,
    ):
        yield house


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def photograph():
    noise = Image.effect_noise((1500, 1000), 60).resize((3000, 2000)).convert("RGB")
    return as_file("JPEG", noise, orientation=6, icc_profile=None, quality=90)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_a_photograph_is_sent_and_seen(script, browser, house, monkeypatch):
    context = browser.new_context(base_url=house.origin, java_script_enabled=script)
    tab = context.new_page()
    sent, said = [], []
    read = pictures.read
    monkeypatch.setattr(pictures, "read", lambda data: sent.append(len(data)) or read(data))
    tab.on("console", lambda line: line.type == "error" and said.append(line.text))
    come_in(tab, house, "Mia")
    tab.goto(address("keepsake-photo"))
    tab.fill("[name=text]", f"The stairs {script}")
    file = photograph()
    tab.set_input_files("[name=picture]", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": file})
    if script:
        size = "document.querySelector('[name=picture]').files[0].size"
        assert until(lambda: tab.evaluate(size) < len(file) // 2)
    press(tab, "Keep this")
    shown = tab.locator("main img")
    assert shown.get_attribute("alt") == f"The stairs {script}"
    assert tab.evaluate("document.querySelector('main img').naturalHeight") > 1000  # upright, and drawn
    assert (shown.get_attribute("width"), shown.get_attribute("height")) == ("1067", "1600")
    assert (sent[0] < len(file) // 2) is script
    assert said == []
    mia = vault.open_door(house.words["Mia"])
    (key,) = [one.id for one in access.keepsakes_of(mia) if one.text == f"The stairs {script}"]
    jpeg = access.picture_of(mia, key)
    assert PLACE.encode() not in jpeg
    assert dict(Image.open(io.BytesIO(jpeg)).getexif()) == {}
    context.close()

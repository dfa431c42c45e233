"""What is one's own: seen by nobody else, taken along whole, erased for good (DESIGN, promise 6)."""

import io
import json
import tarfile
import zipfile

import pyrage
import pytest

from ibasho import vault
from ibasho.people import door
from ibasho.people.records import Profile
from ibasho.people.tests.browser import hidden
from ibasho.vault import sessions
from ibasho.web.addresses import address


@pytest.fixture
def browser(client, clock, mia, words_of):
    """Mia's browser."""
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    client.defaults["REMOTE_ADDR"] = "203.0.113.20"
    return client


ME = {"name": "Mia", "language": "en", "idle_minutes": "15"}


# About oneself


def test_mia_is_called_what_she_likes_from_now_on(browser, words_of):
    assert browser.post(address("account"), ME | {"name": "Mia-san"}).status_code == 303

    assert "Mia-san" in browser.get(address("account")).text
    assert vault.open_door(words_of["mia"]).own(Profile).roles == ("member",)


@pytest.mark.parametrize(
    "said",
    [
        {"idle_minutes": "1"},
        {"idle_minutes": "600"},
        {"idle_minutes": ""},
        {"language": "xx"},
        {"name": "M" * 41},
    ],
)
def test_what_does_not_fit_is_said_beside_it_and_nothing_typed_is_lost(browser, words_of, said):
    answer = browser.post(address("account"), ME | {"name": "zebra"} | said)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert ("zebra" in answer.text) or "name" in said
    assert vault.open_door(words_of["mia"]).own(Profile).name == "Mia"


@pytest.mark.parametrize(
    "name", ["M\x00ia", "M\udcffia".encode("utf-8", "surrogatepass").decode("utf-8", "replace")]
)
def test_characters_that_are_none_do_no_harm(browser, name):
    assert browser.post(address("account"), ME | {"name": name}).status_code in (303, 422)
    assert browser.get(address("account")).status_code == 200


def test_a_name_is_shown_and_never_run(browser):
    """Attack 30."""
    browser.post(address("account"), ME | {"name": "<script>alert(1)</script>"})

    page = browser.get(address("account")).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_how_long_a_visit_lasts_is_ones_own_choice(browser, visitor, client, mia, words_of, clock):
    browser.post(address("account"), ME | {"idle_minutes": "3"})
    visitor.come_in(words_of["mia"], page=client.get("/join"))

    clock.forward(5 * 60)

    assert address("unlock") not in client.get(address("account")).text


# Other devices


def test_another_open_visit_is_noticed(browser, mia, words_of):
    """Attack 44."""
    assert "somewhere else" not in browser.get(address("account")).text

    sessions.start(mia, words_of["mia"])

    assert "in one other browser" in browser.get(address("account")).text
    sessions.start(mia, words_of["mia"])
    assert "in 2 other browsers" in browser.get(address("account")).text


def test_mia_ends_every_other_visit_and_goes_on_in_this_one(browser, mia, aya, words_of):
    elsewhere = sessions.start(mia, words_of["mia"])
    ayas = sessions.start(aya, words_of["aya"])

    browser.post(address("leave-everywhere"))

    assert sessions.resume(elsewhere) is None
    assert sessions.resume(ayas) is not None
    assert browser.get(address("account")).status_code == 200


def test_looking_at_the_address_ends_nothing(browser, mia, words_of):
    elsewhere = sessions.start(mia, words_of["mia"])

    assert browser.get(address("leave-everywhere")).status_code == 405
    assert sessions.resume(elsewhere) is not None


def test_the_seal_shows_what_changed_since_last_time(visitor, client, mia, words_of):
    """VAULT 3.3."""
    before = mia.seal_words()
    visitor.come_in(words_of["mia"])
    assert before in client.get(address("account")).text

    client.post(address("account"), ME | {"name": "Mia-san"})

    after = vault.open_door(words_of["mia"]).seal_words()
    page = client.get(address("account")).text
    assert after != before
    assert after in page
    assert before in page  # what it was when she came in


# Taking everything along


def test_everything_can_be_taken_along_sealed_with_a_key_shown_once(browser):
    key_page = browser.post(address("export"), {"as": "sealed"})
    key = key_page.text.split("<code>")[1].split("</code>")[0]

    file = browser.post(address("export-file"), {"ticket": hidden(key_page, "ticket")})

    assert key.startswith("AGE-SECRET-KEY-")
    assert file.headers["Content-Disposition"] == 'attachment; filename="papers.tar.age"'
    assert b"READ-ME" not in file.content
    opened = pyrage.decrypt(file.content, [pyrage.x25519.Identity.from_str(key)])
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        names = tar.getnames()
        settings = tar.extractfile("settings.json")
        assert settings is not None
        assert json.load(settings)["profile"]["name"] == "Mia"
    assert names[0] == "READ-ME.txt"


def test_everything_can_be_taken_along_plain_after_a_plain_warning(browser):
    assert "Anybody who finds the file" in browser.get(address("export")).text

    file = browser.post(address("export"), {"as": "plain"})

    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert "age --decrypt" in archive.read("READ-ME.txt").decode()
        assert b"Mia" in archive.read("settings.json")


def test_a_key_is_good_in_the_browser_it_was_shown_in(browser, client, aya):
    key_page = browser.post(address("export"), {"as": "sealed"})
    ticket = hidden(key_page, "ticket")

    assert client.of(aya).post(address("export-file"), {"ticket": ticket}).status_code == 409
    assert browser.post(address("export-file"), {"ticket": ticket}).status_code == 200


# Erasing everything


def test_mia_erases_everything_and_nothing_of_hers_is_left(
    browser, mia, words_of, every_byte_on_disk, programme
):
    elsewhere = sessions.start(mia, words_of["mia"])
    box, door_row = mia._id, mia.doors()[0].id

    gone = browser.post(address("erase"), {"words": words_of["mia"]})

    assert "Everything of yours is gone from here" in gone.text
    assert "Clear-Site-Data" in gone.headers
    with pytest.raises(vault.NoDoor):
        vault.open_door(words_of["mia"])
    assert sessions.resume(elsewhere) is None
    assert browser.get(address("account")).status_code == 401
    left = every_byte_on_disk()
    assert box not in left
    assert door_row not in left


@pytest.mark.parametrize("typed", ["", "otter badger acorn chestnut maple birch", "xyzzy"])
def test_whoever_finds_an_open_page_cannot_erase_it(browser, aya, words_of, typed):
    refused = browser.post(address("erase"), {"words": typed})

    assert refused.status_code == 403
    assert "not the words that open your place" in refused.text
    assert vault.open_door(words_of["mia"]).own(Profile).name == "Mia"
    assert vault.open_door(words_of["aya"]).own(Profile).name == "Aya"
    assert browser.get(address("account")).status_code == 200


def test_erasing_says_before_what_it_cannot_erase(browser):
    """DOMAIN 4.2, 8."""
    said = browser.get(address("erase")).text

    assert "35 days" in said
    assert "What others remember" in said


def test_guessing_at_an_open_page_rests_after_ten_tries(browser, words_of):
    for _ in range(10):
        browser.post(address("erase"), {"words": "otter badger"})

    assert browser.post(address("erase"), {"words": words_of["mia"]}).status_code == 429
    assert vault.open_door(words_of["mia"])


# Two tabs


def test_a_tab_left_open_elsewhere_meets_the_door_once_everything_is_erased(browser, client, mia, words_of):
    other = client.of(mia)
    row = vault.sessions._rows(vault.current())
    before = {path: path.read_bytes() for path in row}
    browser.post(address("erase"), {"words": words_of["mia"]})
    for path, content in before.items():  # a page that was on its way while everything was erased
        path.write_bytes(content)

    late = other.get(address("account"))

    assert late.status_code == 401
    assert "Your words" in late.text


def test_two_tabs_do_not_undo_each_other(browser, mia, words_of, monkeypatch):
    from ibasho.people import actions

    slow = vault.open_door(words_of["mia"])
    assert slow.own(Profile).name == "Mia"  # read in one tab
    actions.change_profile(vault.open_door(words_of["mia"]), name="Mia-san")  # saved in another

    actions.change_profile(slow, practised=True)

    kept = vault.open_door(words_of["mia"]).own(Profile)
    assert (kept.name, kept.practised) == ("Mia-san", True)

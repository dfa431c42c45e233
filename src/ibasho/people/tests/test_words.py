"""New words, and the printed ones: which open the door, which open nothing any more (VAULT 1.2, 4.7)."""

import subprocess
import sys

import pytest

from ibasho import vault
from ibasho.circle import visits
from ibasho.people import access, door, sheet
from ibasho.people.records import Profile
from ibasho.people.tests.browser import hidden, words_shown
from ibasho.vault import sessions
from ibasho.web.addresses import address


@pytest.fixture
def browser(client, clock, mia, words_of):
    """Mia's browser."""
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    client.defaults["REMOTE_ADDR"] = "203.0.113.20"
    return client


def opens(words):
    try:
        vault.open_door(words)
    except vault.NoDoor:
        return False
    return True


def change(browser, old, **said):
    """Go through the change of words; gives the new ones and the last answer."""
    shown = browser.post(address("change-words"), {"to": "prove", "words": old} | said)
    assert shown.status_code == 200, shown.text
    words = words_shown(shown)
    typing = browser.post(address("change-words"), {"to": "type", "state": hidden(shown, "state")})
    form = {"to": "done", "state": hidden(typing, "state"), "words": words.upper()}
    return words, browser.post(address("change-words"), form)


# Changing words


def test_new_words_open_the_door_and_the_old_ones_do_not(browser, words_of):
    """Attack 22."""
    words, done = change(browser, words_of["mia"])

    assert "Your new words open the door now" in done.text
    assert not opens(words_of["mia"])
    assert vault.open_door(words).own(Profile).name == "Mia"
    assert browser.get(address("account")).status_code == 200


def test_nothing_a_room_does_keeps_the_new_words_from_being_said(browser, words_of, monkeypatch):
    def goes_wrong(space):
        raise ValueError

    monkeypatch.setattr(visits, "_at_each_visit", [goes_wrong])

    words, done = change(browser, words_of["mia"])

    assert "Your new words open the door now" in done.text
    assert opens(words)


def test_a_plan_on_a_phone_ends_with_the_old_words_and_both_pages_say_so(browser, words_of):
    assert (
        "If you keep your plan on a phone, that copy ends, too" in browser.get(address("change-words")).text
    )
    _, done = change(browser, words_of["mia"])
    assert "If your plan was kept on a phone, it goes from there" in done.text
    assert f'href="{address("pocket-keep")}"' in done.text


def test_nothing_changes_before_the_new_words_were_typed_once(browser, words_of):
    shown = browser.post(address("change-words"), {"to": "prove", "words": words_of["mia"]})
    form = {"to": "done", "state": hidden(shown, "state"), "words": "otter badger"}

    wrong = browser.post(address("change-words"), form)

    assert wrong.status_code == 422
    assert "otter badger" in wrong.text
    assert opens(words_of["mia"])
    assert not opens(words_shown(shown))


@pytest.mark.parametrize("typed", ["", "otter badger acorn chestnut maple birch", "xyzzy", "o" * 900])
def test_whoever_finds_an_open_page_cannot_change_the_words(browser, aya, words_of, typed):
    refused = browser.post(address("change-words"), {"to": "prove", "words": typed})

    assert refused.status_code == 403
    assert 'class="words"' not in refused.text
    assert opens(words_of["mia"])


def test_every_other_visit_ends_with_the_old_words(browser, mia, words_of):
    elsewhere = vault.sessions.start(mia, words_of["mia"])

    change(browser, words_of["mia"])

    assert sessions.resume(elsewhere) is None
    assert browser.get(address("account")).status_code == 200


def test_the_printed_sheet_is_shut_as_well_and_a_new_one_is_offered(browser, mia, words_of):
    printed = vault.new_words(8)
    vault.add_door(mia, printed)

    _, done = change(browser, words_of["mia"])

    assert not opens(printed)
    made = browser.post(address("recovery-sheet"), {"proof": hidden(done, "proof")})
    assert opens(words_shown(made))


def test_other_new_words_can_be_had_first(browser, words_of):
    shown = browser.post(address("change-words"), {"to": "prove", "words": words_of["mia"]})

    other = browser.post(address("change-words"), {"to": "other", "state": hidden(shown, "state")})

    assert words_shown(other) != words_shown(shown)


def test_new_words_belong_to_the_browser_they_were_shown_in(browser, client, aya, words_of):
    shown = browser.post(address("change-words"), {"to": "prove", "words": words_of["mia"]})
    form = {"to": "done", "state": hidden(shown, "state"), "words": words_shown(shown)}

    taken = client.of(aya).post(address("change-words"), form)

    assert taken.status_code == 409
    assert opens(words_of["aya"])
    assert not opens(words_shown(shown))


def test_a_facilitator_is_given_seven_new_words_and_mia_six(browser, client, daniel, words_of):
    other = client.of(daniel)

    theirs = other.post(address("change-words"), {"to": "prove", "words": words_of["daniel"]})
    hers = browser.post(address("change-words"), {"to": "prove", "words": words_of["mia"]})

    assert (len(words_shown(theirs).split()), len(words_shown(hers).split())) == (7, 6)


def test_guessing_the_old_words_rests_after_ten_tries(browser, words_of):
    for _ in range(10):
        browser.post(address("change-words"), {"to": "prove", "words": "otter badger"})

    assert browser.post(address("change-words"), {"to": "prove", "words": words_of["mia"]}).status_code == 429


# The printed sheet


def test_eight_printed_words_are_a_door_of_their_own(browser, mia, words_of):
    """DOMAIN 5.6; VAULT 4.7."""
    made = browser.post(address("recovery-sheet"), {"words": words_of["mia"]})

    printed = words_shown(made)
    assert len(printed.split()) == vault.RECOVERY_WORDS
    assert opens(printed)
    assert opens(words_of["mia"])
    assert access.has_recovery_sheet(vault.open_door(words_of["mia"]))


@pytest.mark.parametrize("typed", ["", "otter badger acorn chestnut maple birch"])
def test_whoever_finds_an_open_page_cannot_make_themselves_a_sheet(browser, aya, words_of, typed):
    refused = browser.post(address("recovery-sheet"), {"words": typed, "proof": "made-up"})

    assert refused.status_code == 403
    assert 'class="words"' not in refused.text
    assert not access.has_recovery_sheet(vault.open_door(words_of["mia"]))


def test_the_first_sheet_on_the_day_of_joining_asks_for_nothing_more(newcomer, client, clock):
    newcomer.join(vault.host_invite("member"))

    assert opens(words_shown(client.post(address("recovery-sheet"))))
    assert client.post(address("recovery-sheet")).status_code == 403  # the second one does


def test_the_day_after_joining_the_sheet_asks_for_the_words(newcomer, visitor, client, clock):
    words = newcomer.join(vault.host_invite("member"))
    clock.forward(24 * 3600)
    visitor.come_in(words)

    assert client.post(address("recovery-sheet")).status_code == 403
    assert opens(words_shown(client.post(address("recovery-sheet"), {"words": words})))


def test_a_new_sheet_shuts_the_one_before(browser, words_of):
    first = words_shown(browser.post(address("recovery-sheet"), {"words": words_of["mia"]}))
    second = words_shown(browser.post(address("recovery-sheet"), {"words": words_of["mia"]}))

    assert not opens(first)
    assert opens(second)


def test_the_sheet_comes_as_a_page_to_print_without_the_words_being_kept(
    browser, words_of, every_byte_on_disk
):
    made = browser.post(address("recovery-sheet"), {"words": words_of["mia"]})

    paper = browser.post(address("recovery-paper"), {"paper": hidden(made, "paper")})

    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert "no-store" in paper.headers["Cache-Control"]
    kept = every_byte_on_disk()
    assert words_shown(made).encode() not in kept
    assert paper.content[:200] not in kept


def test_the_paper_says_nothing_about_where_it_came_from(programme):
    paper = sheet.as_pdf("otter badger acorn chestnut maple birch willow kettle")

    for telling in (b"ibasho", b"kettle", b"fpdf", b"http", str(vault.clock.instant().year).encode()):
        assert telling not in paper.lower()


def test_a_paper_is_made_for_the_browser_that_was_shown_the_words(browser, client, aya, words_of):
    made = browser.post(address("recovery-sheet"), {"words": words_of["mia"]})

    assert client.of(aya).post(address("recovery-paper"), {"paper": hidden(made, "paper")}).status_code == 409
    assert browser.post(address("recovery-paper"), {"paper": "made-up"}).status_code == 409


def test_whoever_comes_in_with_the_sheet_is_offered_new_words(visitor, client, mia):
    printed = vault.new_words(8)
    vault.add_door(mia, printed)

    answer = visitor.come_in(printed)

    assert answer.headers["Location"].startswith(address("change-words"))
    words, _ = change(client, printed)
    assert opens(words)


def test_the_server_carries_what_draws_a_paper_only_where_one_was_asked_for():
    asked = "import sys, ibasho.people.views.words; print({'fpdf', 'PIL', 'fontTools'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

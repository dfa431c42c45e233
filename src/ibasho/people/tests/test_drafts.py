"""A visit that ends in the middle of writing: what was typed comes back to its writer, and to nobody else."""

import pytest

from ibasho import vault
from ibasho.people import door, drafts
from ibasho.people.records import Profile
from ibasho.people.tests.browser import hidden
from ibasho.web.addresses import address

TYPED = {"name": "zebra canary", "language": "de", "idle_minutes": "20"}


@pytest.fixture
def after_a_long_while(client, mia, words_of, clock):
    """Mia's browser, in which a visit is over, and the answer to what she sends then."""
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    client.get(address("account"))
    clock.forward(3600)
    return client.post(address("account"), TYPED)


def test_what_mia_was_writing_is_there_once_she_is_in_again(after_a_long_while, visitor, mia, words_of):
    assert after_a_long_while.status_code == 401
    assert "zebra canary" not in after_a_long_while.text

    back = visitor.come_in(words_of["mia"], page=after_a_long_while)

    assert back.status_code == 200
    assert "zebra canary" in back.text
    assert f'action="{address("account")}"' in back.text


def test_one_press_sends_it_where_it_was_going(after_a_long_while, visitor, client, mia, words_of):
    back = visitor.come_in(words_of["mia"], page=after_a_long_while)

    client.post(address("account"), {name: hidden(back, name) for name in TYPED})

    assert vault.open_door(words_of["mia"]).own(Profile).name == "zebra canary"


def test_a_slip_at_the_door_does_not_lose_it(after_a_long_while, visitor, client, mia, words_of):
    slip = visitor.come_in("otter badger", page=after_a_long_while)

    assert "zebra canary" in visitor.come_in(words_of["mia"], page=slip).text


def test_aya_who_comes_in_at_the_same_browser_does_not_see_it(after_a_long_while, visitor, aya, words_of):
    answer = visitor.come_in(words_of["aya"], page=after_a_long_while)

    assert answer.status_code == 303
    assert "zebra" not in answer.text


def test_in_another_browser_it_does_not_open_even_for_its_writer(
    after_a_long_while, visitor, client, words_of
):
    client.cookies.clear()

    answer = visitor.come_in(words_of["mia"], page=after_a_long_while)

    assert answer.status_code == 303
    assert "zebra" not in answer.text


def test_it_touches_no_disk(after_a_long_while, every_byte_on_disk, caplog):
    assert hidden(after_a_long_while, "draft")
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in caplog.text


def test_after_four_hours_it_is_let_go(after_a_long_while, visitor, clock, words_of):
    clock.forward(5 * 3600)

    fresh = visitor.client.get("/")
    answer = visitor.come_in(words_of["mia"], page=fresh, draft=hidden(after_a_long_while, "draft"))

    assert answer.status_code == 303


def test_a_visit_that_was_only_locked_brings_it_back_after_one_word(client, mia, words_of, clock):
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(5 * 60)
    locked = client.post(address("account"), TYPED)

    wrong = client.post(address("unlock"), {"word": "otter", "draft": hidden(locked, "draft")})
    back = client.post(address("unlock"), {"word": "veranda", "draft": hidden(wrong, "draft")})

    assert "zebra canary" in back.text
    assert 'name="name" value="zebra canary"' in back.text


def test_two_fields_of_one_name_and_any_script_come_back_whole(client, mia, words_of, clock, visitor):
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(3600)
    typed = {"good": ["tee & <b>Kuchen</b>", "お茶"], "line": "a\nb"}
    over = client.post(address("account"), typed)

    back = visitor.come_in(words_of["mia"], page=over)

    assert "tee &amp; &lt;b&gt;Kuchen&lt;/b&gt;" in back.text
    assert "お茶" in back.text


@pytest.mark.parametrize("name", sorted(drafts._NEVER - {"unlock", "sign-out"}))
def test_words_are_never_carried_along(client, mia, words_of, clock, name):
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(3600)

    over = client.post(address(name), {"words": words_of["mia"], "to": "prove"})

    assert over.status_code == 401
    assert 'name="draft"' not in over.text


def test_more_than_a_letter_may_hold_is_not_carried_and_the_door_still_opens(
    client, mia, words_of, clock, visitor
):
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(3600)
    assert 'name="draft"' in client.post(address("account"), {"name": "x" * (drafts.MOST - 10)}).text

    over = client.post(address("account"), {"name": "x" * drafts.MOST})

    assert 'name="draft"' not in over.text
    assert visitor.come_in(words_of["mia"], page=over).status_code == 303


@pytest.mark.parametrize("letter", ["a", "é", "お", "\n", '"', "\x01"])
def test_whatever_is_carried_along_fits_through_the_door_again(client, mia, words_of, clock, visitor, letter):
    """Decision 0007: in JSON, a line's end or a quotation mark is two letters."""
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(3600)
    over = client.post(
        address("account"), {"name": "x" + letter * ((drafts.MOST - 20) // len(letter.encode()))}
    )

    assert ('name="draft"' in over.text) is (letter in "aéお")
    assert visitor.come_in(words_of["mia"], page=over).status_code in (200, 303)


def test_an_empty_form_is_not_worth_asking_about(client, mia, words_of, clock):
    client.cookies[door.COOKIE] = vault.sessions.start(mia, words_of["mia"])
    clock.forward(3600)

    assert 'name="draft"' not in client.post(address("account"), {"name": " "}).text


def test_somebody_who_never_was_in_has_no_draft(client, programme):
    assert 'name="draft"' not in client.post(address("account"), TYPED).text


def test_somebody_whose_page_was_left_is_told_that_nothing_was_kept(client, programme):
    assert "was not kept" in client.post(address("account"), TYPED).text
    assert "was not kept" not in client.get(address("account")).text

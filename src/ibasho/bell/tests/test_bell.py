"""What the bell promises: off until its owner turns it on, one neutral line, nobody learns of it, and it is gone when
its owner is (DOMAIN 5.4, 5.6)."""

import datetime as dt
import re

import pytest

from ibasho import vault
from ibasho.bell import access, actions, ways
from ibasho.bell.queue import BACK_OFF, MOST, ring_what_is_due
from ibasho.bell.records import MOST_BROWSERS, BellWishes
from ibasho.bell.sending import Outcome
from ibasho.bell.tests.conftest import again, befriended
from ibasho.errors import NotFound
from ibasho.vault.bells import OF_A_CONTACT
from ibasho.web.addresses import address
from tests.support.posts import sender_of

WHERE = "/n/abcdef/a-token"


def rows(table):
    return vault.current().store.rows(f"SELECT * FROM {table}")


def turned_on(space, post=None, *, mail="m.otter@example.org"):
    actions.turn_on_mail(space, address=mail)


class Sender:
    """Stands where the way out is, for tests of what happens before and after it."""

    def __init__(self, *outcomes):
        self.outcomes, self.sent = list(outcomes), []

    def __call__(self, channel, text, path, cover):
        self.sent.append((channel, text, path, cover))
        return self.outcomes.pop(0) if self.outcomes else Outcome.TAKEN


# Off, until it is turned on -------------------------------------------------------------------------


def test_nothing_rings_until_its_owner_turns_it_on_and_nothing_says_so(mia, aya, pair, post):
    actions.ring(access.bell_of(pair[1]))
    actions.ring(access.own_bell(mia))
    ring_what_is_due()
    assert post.letters == []
    assert rows("bell") == rows("ring") == []


def test_a_letter_says_one_line_and_a_link_and_nothing_else(mia, aya, pair, post, clock):
    turned_on(mia)
    actions.ring(access.bell_of(pair[1]), path=WHERE)
    ring_what_is_due()
    ((to, letter),) = post.letters
    assert to == ["m.otter@example.org"]
    assert letter["From"] == "Kettle <kettle@example.org>"
    assert letter["Subject"] == "Kettle"
    assert letter.get_content() == f"The kettle is on\n\nhttps://ibasho.example.org{WHERE}\n"
    assert letter["Date"].datetime == clock.at.replace(second=0)
    assert letter["Message-ID"].endswith("@example.org>")
    assert {"mia", "aya", "ally"}.isdisjoint(post.raw[0].decode().lower().split())
    assert set(post.said_hello) == {"ibasho.example.org"}, "the name of this machine is nobody's business"
    assert rows("ring") == []


def test_a_browser_that_is_rung_opens_what_the_push_service_could_not_read(mia, aya, pair, service, phone):
    actions.turn_on_browser(mia, endpoint=service.endpoint(), key=phone.key, auth=phone.auth)
    actions.ring(access.bell_of(pair[1]), path=WHERE)
    ring_what_is_due()
    (got,) = service.got
    assert phone.opens(got.body) == {"t": "The kettle is on", "p": WHERE}
    assert got.headers["content-encoding"] == "aes128gcm"
    assert int(got.headers["ttl"]) > 0
    claims, key = sender_of(got.headers["authorization"])
    assert (claims["aud"], claims["sub"]) == (f"https://{service.named}", "https://ibasho.example.org")
    assert key == vault.sender_key()
    assert b"kettle" not in got.body


def test_a_friend_and_its_owner_ring_one_bell_by_names_that_nothing_links(mia, aya, tom, pair, post):
    """One row for each who may ring; without the installation's key nobody tells which post box one goes with."""
    befriended(mia, tom)
    turned_on(again(mia))
    found = rows("bell")
    assert len(found) == 3
    assert len({len(bytes(body)) for _, body in found}) == 1, "all of one size"
    boxes = [box for one in vault.contacts(again(mia)) for box in (one.inbox, one.outbox)]
    assert {bytes(one) for one, _ in found}.isdisjoint(boxes)
    assert access.bell_of(pair[1]) == access.my_bell_for(pair[0])
    assert access.bell_of(pair[0]) != access.my_bell_for(pair[0])


def test_somebody_who_comes_into_the_circle_can_ring_after_the_next_visit(client, mia, aya, post, words_of):
    turned_on(mia)
    _, theirs = befriended(again(mia), aya)
    actions.ring(access.bell_of(theirs))
    ring_what_is_due()
    assert post.letters == []
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get("/").text)[1]
    client.post("/", {"words": words_of["mia"], "ticket": ticket})
    actions.ring(access.bell_of(theirs))
    ring_what_is_due()
    assert len(post.letters) == 1


def test_a_bell_leads_to_an_address_of_ours_and_to_no_other(mia):
    for path in (
        "https://elsewhere.example",
        "//elsewhere.example",
        "n/abc",
        "/\\elsewhere.example",
        "/a b",
        "/a\nb",
    ):
        with pytest.raises(ValueError, match="address of ours"):
            actions.ring(access.own_bell(mia), path=path)
    assert rows("ring") == []


# Off again, and gone --------------------------------------------------------------------------------


def test_what_is_turned_off_is_forgotten_everywhere(mia, aya, pair, post, every_byte_on_disk):
    turned_on(mia)
    actions.turn_off(mia, access.wishes(mia).mail.id)
    assert rows("bell") == []
    assert access.bell(mia).mail is None
    with pytest.raises(NotFound):
        actions.turn_off(mia, "0a0a0a0a0a0a")


def test_everything_is_off_with_one_tap_and_on_again_with_another(mia, aya, pair, post):
    """DOMAIN 5.6"""
    turned_on(mia)
    actions.freeze(mia)
    assert rows("bell") == []
    actions.keep_up(again(mia))
    assert rows("bell") == [], "a visit does not undo it"
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert post.letters == []
    actions.thaw(mia)
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert len(post.letters) == 1


def test_a_ring_that_waits_finds_nothing_once_it_is_off(mia, aya, pair, post):
    turned_on(mia)
    actions.ring(access.bell_of(pair[1]))
    actions.freeze(mia)
    ring_what_is_due()
    assert post.letters == []
    assert rows("ring") == []


def test_other_words_leave_every_bell_where_it_is(mia, aya, pair, post):
    turned_on(mia)
    own = access.own_bell(mia)
    moved = vault.change_words(mia, vault.new_words())
    assert access.own_bell(moved) == own
    actions.ring(access.bell_of(pair[1]))
    actions.ring(own)
    ring_what_is_due()
    assert len(post.letters) == 2
    actions.freeze(moved)
    assert rows("bell") == []


def test_whoever_erases_everything_leaves_no_bell(mia, aya, pair, post):
    turned_on(mia)
    turned_on(aya, mail="a.heron@example.org")
    vault.burn(again(mia))
    left = {bytes(row[0]) for row in rows("bell")}
    assert left == {access.own_bell(aya)}, "nor one that only they could ring"
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert post.letters == []


def test_whoever_is_let_go_rings_no_more_and_hears_nothing(mia, aya, tom, pair, post):
    turned_on(mia)
    vault.let_go(mia, pair[0].id)
    assert len(rows("bell")) == 1
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert post.letters == []
    actions.keep_up(again(mia))
    assert len(rows("bell")) == 1


def test_a_restore_gives_nobody_back_a_bell_that_was_taken_from_them(mia, aya, pair, post):
    """Attack 39: an old copy of the table comes back; who was let go since, or erased everything, is not in it."""
    turned_on(mia)
    turned_on(aya, mail="a.heron@example.org")
    copy = rows("bell")
    vault.let_go(mia, pair[0].id)
    vault.burn(again(aya))
    put_back = "INSERT INTO bell (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
    vault.current().store.commit([vault.Op(put_back, (bytes(one), bytes(body))) for one, body in copy])
    vault.current().take_back_again()
    assert {bytes(one) for one, _ in rows("bell")} == {access.own_bell(mia)}


# Not too often --------------------------------------------------------------------------------------


def test_nobody_can_pester_with_a_bell_and_the_last_ring_still_comes(mia, aya, pair, post, clock):
    turned_on(mia)
    sender = Sender()
    for number in range(OF_A_CONTACT + 5):
        actions.ring(access.bell_of(pair[1]), path=f"/n/abcdef/{number}")
        ring_what_is_due(sender)
        clock.forward(60)
    assert len(sender.sent) == OF_A_CONTACT
    assert len(rows("ring")) == 1, "one waits, for the rest of them"
    clock.forward(3600)
    ring_what_is_due(sender)
    assert len(sender.sent) == OF_A_CONTACT + 1
    assert sender.sent[-1][2] == f"/n/abcdef/{OF_A_CONTACT + 4}", "it leads where the newest led"
    assert rows("ring") == []
    clock.forward(3600)
    actions.ring(access.bell_of(pair[1]), path="/n/abcdef/new")
    ring_what_is_due(sender)
    assert sender.sent[-1][2] == "/n/abcdef/new"


def test_one_friend_who_rings_too_often_takes_nothing_from_another(mia, aya, tom, pair, post, clock):
    _, theirs = befriended(mia, tom)
    turned_on(again(mia))
    sender = Sender()
    for _ in range(OF_A_CONTACT + 3):
        actions.ring(access.bell_of(pair[1]))
    ring_what_is_due(sender)
    ring_what_is_due(sender)
    before = len(sender.sent)
    actions.ring(access.bell_of(theirs))
    actions.ring(access.own_bell(again(mia)))
    ring_what_is_due(sender)
    assert len(sender.sent) == before + 2


# Again later, and not any more ------------------------------------------------------------------------


def test_what_was_surely_not_taken_is_tried_again_later_and_later(mia, aya, pair, post, clock):
    turned_on(mia)
    sender = Sender(*[Outcome.LATER] * 9)
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due(sender)
    begun, waited = clock.at, []
    while rows("ring"):
        clock.forward(30)
        before = len(sender.sent)
        ring_what_is_due(sender)
        if len(sender.sent) > before:
            waited.append((clock.at - begun).total_seconds())
            begun = clock.at
    for wait, wished in zip(waited, BACK_OFF, strict=True):
        assert wished <= wait <= wished + 90
    assert len(sender.sent) == 1 + len(BACK_OFF)


def test_what_does_not_answer_is_said_to_its_owner_kindly_and_tried_once_for_each_ring(
    client, mia, aya, pair, post, clock
):
    turned_on(mia)
    sender = Sender(*[Outcome.LATER] * 7)
    actions.ring(access.bell_of(pair[1]))
    for _ in range(1 + len(BACK_OFF)):
        ring_what_is_due(sender)
        clock.forward(13 * 3600)
    assert access.bell(again(mia)).mail.silent_since == dt.date(2026, 11, 22)
    text = client.of(mia).get(address("bell")).text
    assert "This one has not answered since 22 November 2026. Nothing is wrong on your side." in text
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due(sender)
    assert rows("ring") == []
    assert access.bell(again(mia)).mail.silent_since == dt.date(2026, 11, 22)
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due(sender)
    assert access.bell(again(mia)).mail.silent_since is None, "it answered, and that is all"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_whose_service_says_it_is_gone_is_never_rung_again(
    mia, aya, pair, service, phone, status, clock, client
):
    service.answers["/push/mia"] = status
    actions.turn_on_browser(mia, endpoint=service.endpoint(), key=phone.key, auth=phone.auth)
    for _ in range(2):
        actions.ring(access.bell_of(pair[1]))
        ring_what_is_due()
    assert len(service.got) == 1
    assert rows("ring") == []
    text = client.of(mia).get(address("bell")).text
    assert "has not answered since 22 November 2026" in text
    assert "The browser let it go" in text
    actions.keep_up(again(mia))
    actions.ring(access.own_bell(mia))
    ring_what_is_due()
    assert len(service.got) == 1, "her other bells know it too, after a visit"
    actions.turn_on_browser(again(mia), endpoint=service.endpoint(), key=phone.key, auth=phone.auth)
    assert access.bell(again(mia)).browsers[0].silent_since is None


def test_an_address_nobody_lives_at_is_never_written_to_again(mia, aya, pair, post):
    post.refuses["m.otter@example.org"] = "550 no such person"
    turned_on(mia)
    for _ in range(2):
        actions.ring(access.bell_of(pair[1]))
        ring_what_is_due()
    assert len(post.said_hello) == 1
    assert access.bell(again(mia)).mail.gone


@pytest.mark.parametrize("said", ["450 later", "421 busy", "452 full"])
def test_a_mail_host_that_says_later_gets_it_later(mia, aya, pair, post, said, clock):
    post.refuses["m.otter@example.org"] = said
    turned_on(mia)
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert len(rows("ring")) == 1
    post.refuses.clear()
    clock.forward(120)
    ring_what_is_due()
    assert len(post.letters) == 1
    assert rows("ring") == []


def test_two_ways_of_one_bell_are_tried_each_by_itself(mia, aya, pair, post, service, phone, clock):
    service.answers["/push/mia"] = 503
    turned_on(mia)
    actions.turn_on_browser(mia, endpoint=service.endpoint(), key=phone.key, auth=phone.auth)
    actions.ring(access.bell_of(pair[1]))
    ring_what_is_due()
    assert (len(post.letters), len(service.got)) == (1, 1)
    service.answers.clear()
    clock.forward(120)
    ring_what_is_due()
    assert (len(post.letters), len(service.got)) == (1, 2), "the letter does not come twice"


# The page -------------------------------------------------------------------------------------------


def test_a_place_that_cannot_ring_says_so_kindly_and_takes_nothing(client, mia):
    browser = client.of(mia)
    assert "This place has no bell yet" in browser.get(address("bell")).text
    assert browser.post(address("bell-mail"), {"address": "m.otter@example.org"}).status_code == 409
    assert (
        browser.post(address("bell-browser"), {"endpoint": "https://x", "key": "a", "auth": "b"}).status_code
        == 422
    )
    assert access.wishes(again(mia)) == BellWishes()


def test_mia_turns_on_an_address_tries_it_and_turns_it_off(client, mia, post):
    browser = client.of(mia)
    answer = browser.post(address("bell-mail"), {"address": " m.otter@example.org "}, follow=True)
    assert "Turned on" in answer.text
    assert "m.otter@example.org" in answer.text
    assert "It was rung" in browser.post(address("bell"), {"ring": "1"}, follow=True).text
    ring_what_is_due()
    assert post.letters[0][1].get_content() == "The kettle is on\n\nhttps://ibasho.example.org/\n"
    channel = access.wishes(again(mia)).mail.id
    answer = browser.post(address("bell"), {"off": channel}, follow=True)
    assert "Turned off, and forgotten here." in answer.text
    assert "m.otter" not in answer.text


@pytest.mark.parametrize(
    "typed",
    ["", "mia", "mia@", "@example.org", "mia@example", "mia otter@example.org", "a@b@c@example.org\n",
     "mia@example.org\r\nBcc: x@example.org", "m\u00eda@example.org",
     '"mia"@example.org', "mia@example.org, x@example.org",
     "<mia@example.org>", "Mia <mia@example.org>", "x" * 300 + "@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_told_so_and_stays_in_the_field(client, mia, post, typed):
    answer = client.of(mia).post(address("bell-mail"), {"address": typed})
    assert answer.status_code == 422
    assert access.wishes(again(mia)).mail is None
    if typed.isalnum():
        assert f'value="{typed}"' in answer.text


def test_mia_chooses_another_line_and_it_is_what_is_said(client, mia, post):
    turned_on(mia)
    client.of(mia).post(address("bell-line"), {"line": "window"})
    actions.ring(access.own_bell(mia))
    ring_what_is_due()
    assert post.letters[0][1].get_content().startswith("The window is open\n")
    assert client.of(mia).post(address("bell-line"), {"line": "zebra"}).status_code == 422


def test_a_browser_is_turned_on_by_what_its_script_sends_and_counts_once(client, mia, service, phone):
    browser, fields = client.of(mia), phone.fields(service.endpoint())
    for _ in range(2):
        assert browser.post(address("bell-browser"), fields).status_code == 303
    assert len(access.wishes(again(mia)).browsers) == 1
    for number in range(MOST_BROWSERS):
        browser.post(address("bell-browser"), phone.fields(service.endpoint(f"other{number}")))
    assert len(access.wishes(again(mia)).browsers) == MOST_BROWSERS
    answer = browser.post(address("bell-browser"), phone.fields(service.endpoint("more")))
    assert answer.status_code == 409
    assert "It rings in several browsers already" in answer.text


@pytest.mark.parametrize("field", ["endpoint", "key", "auth"])
@pytest.mark.parametrize("value", ["", "zebra", "é", "A" * 900, "\x00"])
def test_what_no_browser_would_send_is_taken_by_nobody(client, mia, service, phone, field, value):
    fields = phone.fields(service.endpoint()) | {field: value}
    assert client.of(mia).post(address("bell-browser"), fields).status_code == 422
    assert access.wishes(again(mia)).browsers == ()


def test_the_longest_that_may_be_kept_fits_a_row(mia, aya, pair, post, service, phone, monkeypatch):
    long = service.endpoint("x" * 760)
    for number in range(MOST_BROWSERS):
        actions.turn_on_browser(mia, endpoint=f"{long}{number}", key=phone.key, auth=phone.auth)
    turned_on(mia, mail="m" * 187 + "@example.org")
    turned_on(aya, mail="a@example.org")
    sender = Sender()
    for _ in range(30):
        actions.ring(access.own_bell(mia), path="/n/" + "a" * 290)
    ring_what_is_due(sender)
    assert len({len(bytes(body)) for _, body in rows("bell")}) == 1


def test_what_no_row_could_hold_is_not_kept_and_the_next_visit_is_as_any_other(
    mia, pair, post, service, phone
):
    quoted = service.endpoint('"' * 700)
    for number in range(MOST_BROWSERS):
        with pytest.raises(actions.NotThatService):
            actions.turn_on_browser(mia, endpoint=f"{quoted}{number}", key=phone.key, auth=phone.auth)
    assert ways.push_target(service.endpoint("x" * 900)) is None
    with pytest.raises(actions.DoesNotFit):
        actions.turn_on_mail(mia, address='"' * 2000 + "@example.org")
    assert access.wishes(again(mia)) == BellWishes()
    turned_on(mia)
    actions.keep_up(again(mia))


def test_of_many_rings_at_once_none_waits_for_the_next_half_minute(mia, aya, pair, post, clock):
    turned_on(mia)
    for _ in range(MOST + MOST):
        actions.ring(access.own_bell(mia))
    ring_what_is_due(Sender())
    assert len(rows("ring")) == 1, "the one that waits for the hour to pass"


def test_every_page_of_a_bell_warns_before_it_is_turned_on(client, mia, post, service):
    """DOMAIN 5.4: a phone somebody looks at is a reason to leave it off."""
    browser = client.of(mia)
    assert "leave this off" in browser.get(address("bell-mail")).text
    text = browser.get(address("bell-browser")).text
    assert "leave this off" in text
    assert "It leaves a trace" in text
    assert "needs JavaScript" in text


# Where the server may go (attack 52) ------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/x",
        "https://elsewhere.example/x",
        "https://fcm.googleapis.com.elsewhere.example/x",
        "https://fcm.googleapis.com@elsewhere.example/x",
        "https://elsewhere.example#@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:99999/x",
        "https://user@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://localhost/x",
        "https://localhost:{other}/x",
        "https://127.0.0.1:{port}/x",
        "https://notify.windows.com/x",
        "https://x.notify.windows.com.elsewhere.example/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/a\r\nX: y",
        "https://fcm.googleapis.com/\u00e9",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "",
    ],
)
def test_attack_52_a_push_address_anywhere_else_is_refused_and_never_connected_to(
    mia, service, phone, endpoint
):
    endpoint = endpoint.format(other=service.port + 1, port=service.port)
    assert ways.push_target(endpoint) is None
    with pytest.raises(actions.NotThatService):
        actions.turn_on_browser(mia, endpoint=endpoint, key=phone.key, auth=phone.auth)
    assert access.wishes(again(mia)).browsers == ()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://db5p.notify.windows.com/w/?token=abc%2b",
    ],
)
def test_the_services_of_the_browsers_of_our_day_are_known(service, endpoint):
    target = ways.push_target(endpoint)
    assert target is not None
    assert (endpoint, target[1]) == (f"https://{target[0]}{target[2]}", 443)

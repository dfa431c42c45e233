"""What somebody may count on with what makes a day bearable for them."""

import io
import itertools
import json
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ibasho import jail, vault
from ibasho.keepsakes import access, actions, pictures
from ibasho.keepsakes.forms import is_link
from ibasho.keepsakes.pictures import Picture
from ibasho.keepsakes.records import (
    BESIDE_MOST,
    MOST_KEEPSAKES,
    MOST_PICTURES,
    TEXT_MOST,
    Keepsake,
    KeepsakePicture,
    KeepsakeThumbnail,
)
from ibasho.keepsakes.tests.made import as_file
from ibasho.people import actions as people
from ibasho.vault import clock as vault_clock
from ibasho.web import middleware, uploads
from ibasho.web.addresses import address

LETTER = "You were the calm one in that kitchen. I told my mother about it."


@pytest.fixture(autouse=True)
def _morning(clock):
    """It is half past nine in the morning of 22 November 2026."""


@pytest.fixture
def read_at_once(monkeypatch):
    """Pictures are read without the jail, which has tests of its own."""
    jpeg = as_file("JPEG")
    monkeypatch.setattr(pictures, "read", lambda _data: Picture(640, 480, jpeg, jpeg[:900]))
    return jpeg


@pytest.fixture
def boxes_read(programme, monkeypatch):
    """The ids of all boxes that were fetched."""
    read, store = [], type(programme.store)
    real = store.boxes

    def boxes(self, ids):
        ids = list(ids)
        read.extend(ids)
        return real(self, ids)

    monkeypatch.setattr(store, "boxes", boxes)
    return read


def anew(space):
    """The same place, as the next request opens it."""
    return vault.Space(space._vault, space._root)


def words(space, text=LETTER, **more):
    record = Keepsake(sort="words", added_at=vault_clock.instant(), text=text, **more)
    return actions.keep(space, key=actions.new_key(), record=record)


def picture(space, text="", jpeg=b"\xff\xd8\xff zebra-picture \xff\xd9", **more):
    record = Keepsake(
        sort="picture", added_at=vault_clock.instant(), text=text, width=640, height=480, **more
    )
    made = Picture(640, 480, jpeg, jpeg)
    return actions.keep(space, key=actions.new_key(), record=record, picture=made)


def a_file(content=b"", name="IMG_0001.HEIC"):
    return SimpleUploadedFile(name, content or as_file("JPEG"), "image/jpeg")


# --- keeping ---------------------------------------------------------------------------------------


def test_a_kind_letter_is_kept_and_read_and_the_list_names_it(client, mia):
    browser = client.of(mia)
    page = browser.post(address("keepsake-words"), {"text": LETTER, "by": "Aya"}, follow=True)
    assert LETTER in page.text
    assert "Aya" in page.text
    assert "You were the calm one in that kitchen" in browser.get(address("keepsakes")).text


def test_a_song_is_a_name_and_a_link_that_nothing_is_fetched_from(client, mia, monkeypatch):
    """Attack 52: the server asks nobody for anything."""
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("something was fetched"))
    said = {
        "title": "The slow one",
        "by": "The Veranda Band",
        "link": "https://music.example.org/slow?a=1&b=2",
    }
    page = client.of(mia).post(address("keepsake-song"), said, follow=True)
    assert "Listen at music.example.org" in page.text
    (link,) = re.findall(r'<a href="https://[^>]*>', page.text)
    assert 'rel="noopener noreferrer nofollow"' in link
    assert "&amp;b=2" in link
    assert not re.search(r'(src|href)="https://music[^"]*"[^>]*(as|type)=', page.text)


@pytest.mark.parametrize(
    "link",
    [
        "http://music.example.org/", "javascript:alert(1)", "https://", "https://localhost/", "https://127.0.0.1/",
        "https://mia@music.example.org/", "https://music.example.org:8443/", "https://müsic.example.org/",
        "https://music.example.org\\@elsewhere.example", "https://music.example.org/ a", "//music.example.org",
        "data:text/html,zebra", "https://music.example.org/\"><script>", "https://[::1]/", "https://a..b/",
    ],
)  # fmt: skip
def test_a_link_that_is_not_plainly_a_place_is_not_kept_and_the_rest_stays(link, client, mia):
    assert not is_link(link)
    page = client.of(mia).post(address("keepsake-song"), {"title": "The slow one", "link": link})
    assert page.status_code == 422
    assert "The slow one" in page.text
    assert "begins with https://" in page.text
    assert access.keepsakes_of(anew(mia)) == []


def test_a_picture_is_kept_with_what_is_on_it_and_that_is_read_aloud(client, mia, read_at_once):
    browser = client.of(mia)
    sent = {"text": "The roof in the rain", "picture": a_file()}
    page = browser.post(address("keepsake-photo"), sent, follow=True)
    (shown,) = re.findall(
        r'<img src="([^"]+)" width="640" height="480" alt="The roof in the rain">', page.text
    )
    answer = browser.get(shown)
    assert (answer.status_code, answer.content) == (200, read_at_once)


def test_a_photograph_goes_through_the_jail_on_its_way(client, mia):
    """The whole way once: form, jail, box, answer."""
    browser = client.of(mia)
    page = browser.post(address("keepsake-photo"), {"picture": a_file(as_file("HEIF"))}, follow=True)
    (shown,) = re.findall(r'<img src="([^"]+)"', page.text)
    kept = browser.get(shown).content
    assert Image.open(io.BytesIO(kept)).size == (640, 480)
    assert b"zebra" not in kept


def test_a_picture_answers_as_a_picture_that_can_do_nothing(client, mia):
    """Attack 55: whatever is in it, it runs nothing and is kept nowhere."""
    key = picture(mia)
    for name in ("keepsake-picture", "keepsake-small"):
        said = client.of(mia).get(address(name, key)).headers
        assert said["Content-Type"] == "image/jpeg"
        assert said["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert said["Content-Disposition"] == "inline"
        assert (said["Cache-Control"], said["X-Content-Type-Options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture that can be kept here"),
        (b"\xff\xd8\xff broken", "could not be read"),
    ],
)
def test_what_was_typed_beside_a_refused_picture_is_not_lost(sent, said, client, mia):
    page = client.of(mia).post(address("keepsake-photo"), {"text": "The roof", "picture": a_file(sent)})
    assert page.status_code == 422
    assert said in page.text
    assert "The roof</textarea>" in page.text
    assert access.keepsakes_of(anew(mia)) == []


def test_a_form_without_a_picture_says_that_there_is_none_yet(client, mia):
    page = client.of(mia).post(address("keepsake-photo"), {"text": "The roof"})
    assert page.status_code == 422
    assert "no picture with it yet" in page.text
    assert "The roof</textarea>" in page.text


def test_while_others_are_being_read_it_says_so_and_keeps_the_words(client, mia, monkeypatch):
    def occupied(_data):
        raise jail.Occupied

    monkeypatch.setattr(pictures, "read", occupied)
    page = client.of(mia).post(address("keepsake-photo"), {"text": "The roof", "picture": a_file()})
    assert page.status_code == 503
    assert "The roof</textarea>" in page.text


def test_where_no_picture_can_be_read_safely_it_says_so_and_keeps_the_words(client, mia, monkeypatch):
    def unguarded(_data):
        raise jail.Unguarded

    monkeypatch.setattr(pictures, "read", unguarded)
    page = client.of(mia).post(address("keepsake-photo"), {"text": "The roof", "picture": a_file()})
    assert page.status_code == 422
    assert "It is not your file" in page.text
    assert "The roof</textarea>" in page.text


@pytest.mark.parametrize(("name", "field"), [("keepsake-words", "text"), ("keepsake-song", "title")])
def test_nothing_at_all_is_not_kept(name, field, client, mia):
    page = client.of(mia).post(address(name), {"by": "Aya"})
    assert page.status_code == 422
    assert 'value="Aya"' in page.text
    assert f'id="f-{field}-wrong"' in page.text


def test_what_is_too_long_is_all_still_there(client, mia):
    for name, most in (("keepsake-words", TEXT_MOST), ("keepsake-photo", BESIDE_MOST)):
        page = client.of(mia).post(address(name), {"text": "a" * (most + 1)})
        assert page.status_code == 422
        assert "a" * (most + 1) in page.text


def test_the_same_form_sent_twice_is_kept_once_and_another_is_another(client, mia, read_at_once):
    browser = client.of(mia)
    ticket = re.findall(r'name="ticket" value="([0-9a-f]{16})"', browser.get(address("keepsake-words")).text)[
        0
    ]
    for text in ("One", "One", "Two"):
        browser.post(address("keepsake-words"), {"ticket": ticket, "text": text})
    for _ in range(2):
        browser.post(address("keepsake-photo"), {"ticket": "ab" * 8, "picture": a_file()})
    assert sorted(one.name for one in access.keepsakes_of(anew(mia))) == ["A picture", "One", "Two"]


def test_there_is_room_for_sixty_of_which_thirty_are_pictures(mia, client):
    for number in range(MOST_PICTURES):
        picture(mia, f"number {number}")
    with pytest.raises(actions.NoRoomForPictures):
        picture(mia)
    for number in range(MOST_KEEPSAKES - MOST_PICTURES):
        words(mia, f"number {number}")
    page = client.of(mia).post(address("keepsake-words"), {"text": LETTER})
    assert page.status_code == 422
    assert "no room for another one" in page.text
    assert f"{LETTER}</textarea>" in page.text


def test_the_last_one_that_fits_may_be_sent_twice(mia):
    for number in range(MOST_KEEPSAKES - 1):
        words(mia, f"number {number}")
    record = Keepsake(sort="words", added_at=vault_clock.instant(), text=LETTER)
    for _ in range(2):
        assert actions.keep(mia, key="ab" * 8, record=record) == "ab" * 8


def test_a_full_disk_loses_nothing_that_was_typed(client, mia, programme, monkeypatch):
    def full(*_args, **_options):
        raise vault.StorageTrouble

    browser = client.of(mia)
    monkeypatch.setattr(type(programme.store), "commit", full)
    page = browser.post(address("keepsake-words"), {"text": LETTER})
    assert page.status_code == 503
    assert f"{LETTER}</textarea>" in page.text


# --- shown when asked for --------------------------------------------------------------------------


def test_no_other_page_shows_a_keepsake(client, mia):
    """DOMAIN 2.8, 9.2: never pushed, on no day."""
    words(mia, "zebra-letter")
    picture(mia, "zebra-picture")
    for name in ("today", "history", "good-things", "today-wishes", "account", "help"):
        page = client.of(mia).get(address(name))
        assert page.status_code == 200
        assert "zebra" not in page.text
        assert "keepsake-picture" not in page.text


def test_the_list_opens_no_picture_and_shows_them_small_only_when_asked(client, mia, boxes_read):
    keys = [
        picture(mia, f"number {number}", b"\xff\xd8\xff" + bytes(300_000) + b"\xff\xd9")
        for number in range(3)
    ]
    boxes_read.clear()
    page = client.of(mia).get(address("keepsakes"))
    assert "<img" not in page.text
    assert len(boxes_read) <= 6  # the table of contents, its chapter, three names
    page = client.of(mia).get(f"{address('keepsakes')}?pictures")
    assert all(address("keepsake-small", key) in page.text for key in keys)
    assert address("keepsake-picture", keys[0]) not in page.text


def drawn(browser, many):
    where, seen = address("keepsakes-one"), []
    for _ in range(many):
        page = browser.get(where)
        seen += re.findall(r"number-\d+", page.text)
        (where,) = re.findall(r'href="([^"]+\?at=[^"]+)"', page.text)
    return seen


@pytest.mark.parametrize("many", [1, 2, 3, 7])
def test_one_of_mine_comes_by_lot_and_none_comes_twice_before_all_have_come(many, client, mia):
    for number in range(many):
        words(mia, f"number-{number}")
    seen = drawn(client.of(mia), 4 * many)
    for turn in range(4):
        assert len(set(seen[turn * many : (turn + 1) * many])) == many
    if many > 1:
        assert all(one != next_ for one, next_ in itertools.pairwise(seen))


def test_it_is_not_always_the_same_that_comes_first(client, mia):
    for number in range(7):
        words(mia, f"number-{number}")
    assert len({drawn(client.of(mia), 1)[0] for _ in range(30)}) > 1


def test_one_that_is_left_out_comes_only_when_looked_for(client, mia):
    words(mia, "number-1")
    key = words(mia, "number-2", left_out=True)
    browser = client.of(mia)
    assert set(drawn(browser, 5)) == {"number-1"}
    assert "number-2" in browser.get(address("keepsakes")).text
    assert "is left out of" in browser.get(address("keepsake", key)).text


def test_where_there_is_none_to_draw_it_says_so_kindly(client, mia):
    assert "Nothing has to be" in client.of(mia).get(address("keepsakes-one")).text
    assert "nothing has to be" in client.of(mia).get(address("keepsakes")).text


@pytest.mark.parametrize(
    "at", ["zebra", "-", "0-0", "ff" * 8 + "--1", "ff" * 8 + "-9999", "ff" * 8 + "-٣", "é" * 300]
)
def test_a_mark_that_was_made_up_draws_all_the_same(at, client, mia):
    words(mia, "number-1")
    page = client.of(mia).get(address("keepsakes-one"), {"at": at})
    assert page.status_code == 200
    assert "number-1" in page.text


# --- changing and erasing --------------------------------------------------------------------------


def test_words_can_be_changed_and_a_picture_keeps_its_picture(client, mia):
    key = picture(mia, "before")
    browser = client.of(mia)
    page = browser.get(address("keepsake-change", key))
    assert 'type="file"' not in page.text
    page = browser.post(
        address("keepsake-change", key), {"seen": "1", "text": "after", "left_out": "on"}, follow=True
    )
    assert 'width="640" height="480" alt="after"' in page.text
    view = access.own_keepsake(anew(mia), key)
    assert (view.text, view.left_out, view.width) == ("after", True, 640)
    assert access.picture_of(anew(mia), key).endswith(b"\xff\xd9")


def test_two_tabs_do_not_lose_each_others_words(client, mia):
    key = words(mia, "as it was")
    browser = client.of(mia)
    where = address("keepsake-change", key)
    browser.post(where, {"seen": "1", "text": "the other tab"})
    page = browser.post(where, {"seen": "1", "text": "this tab"})
    assert page.status_code == 409
    assert "the other tab" in page.text
    assert "this tab</textarea>" in page.text
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page.text)
    assert browser.post(where, {"seen": seen, "text": "this tab"}).status_code == 303
    assert access.own_keepsake(anew(mia), key).text == "this tab"


def test_erasing_asks_once_and_leaves_not_one_sealed_byte_of_the_picture(
    client, mia, programme, every_byte_on_disk
):
    kept, key = picture(mia, "stays"), picture(mia, "goes", b"\xff\xd8\xff" + bytes(50_000) + b"\xff\xd9")

    def boxes():
        return dict(programme.store.rows("SELECT id, body FROM box"))

    before, browser = boxes(), client.of(mia)
    assert "Erase this one?" in browser.get(address("keepsake-erase", key)).text
    assert access.find_keepsake(anew(mia), key) is not None
    for _ in range(2):
        assert browser.post(address("keepsake-erase", key)).status_code == 303
    for name in ("keepsake", "keepsake-picture", "keepsake-small"):
        assert browser.get(address(name, key)).status_code == 404
        assert browser.get(address(name, kept)).status_code == 200
    gone = [body for id_, body in before.items() if id_ not in boxes()]
    assert len(gone) == 3
    assert not any(body[60:] in every_byte_on_disk() for body in gone)


# --- sealed, and one's own -------------------------------------------------------------------------


def test_nothing_of_a_keepsake_is_readable_on_the_disk_or_in_a_log(mia, every_byte_on_disk, caplog):
    words(mia, "zebra-canary", by="zebra-giver")
    key = picture(mia, "zebra-beside")
    assert b"zebra" not in every_byte_on_disk()
    assert "zebra" not in caplog.text + repr(access.keepsakes_of(mia)) + repr(access.own_keepsake(mia, key))


def test_pictures_of_different_sizes_look_alike_from_outside(mia, programme):
    """VAULT 3.2."""
    for size in (200_000, 389_000):
        picture(mia, "", b"\xff\xd8\xff" + bytes(size) + b"\xff\xd9")
    large = [len(body) for _, body in programme.store.rows("SELECT id, body FROM box") if len(body) > 100_000]
    assert len(large) == 4
    record = KeepsakePicture(jpeg=bytes(390_000))
    mia.keep(record, at="all/" + "ab" * 8)
    most = max(len(body) for _, body in programme.store.rows("SELECT id, body FROM box"))
    assert most < (512 << 10) + 2048
    mia.keep(KeepsakeThumbnail(jpeg=bytes(11_900)), at="all/" + "ab" * 8)
    sizes = {len(body) for _, body in programme.store.rows("SELECT id, body FROM box")}
    assert {size for size in sizes if 16_000 < size < 100_000} == {16_384 + 73 + 16}  # one chunk, and its tag


def test_a_picture_and_its_words_are_kept_together_or_not_at_all(mia, programme, monkeypatch):
    before = programme.store.rows("SELECT count(*) FROM box")
    real, calls = type(programme.store).commit, []

    def cut_off(self, ops, **options):
        calls.append(len(list(ops)))
        raise vault.StorageTrouble

    with monkeypatch.context() as patch:
        patch.setattr(type(programme.store), "commit", cut_off)
        with pytest.raises(vault.StorageTrouble):
            picture(mia)
    assert len(calls) == 1
    assert real is type(programme.store).commit
    assert programme.store.rows("SELECT count(*) FROM box") == before


def test_somebody_elses_picture_answers_as_one_that_is_not_there(client, mia, aya):
    key = picture(aya)
    for name in ("keepsake", "keepsake-picture", "keepsake-small", "keepsake-change"):
        theirs, nobodys = (client.of(mia).get(address(name, one)) for one in (key, "0" * 16))
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text == nobodys.text


# --- for the plan ----------------------------------------------------------------------------------


def test_a_plan_gets_what_is_there_in_its_own_order_and_passes_over_the_rest(mia):
    one, two = words(mia, "one"), picture(mia, "two")
    gone = words(mia, "gone")
    actions.erase(mia, key=gone)
    assert [view.text for view in access.for_plan(mia, [two, gone, "zebra", one])] == ["two", "one"]
    assert {view.id for view in access.attachable(mia)} == {one, two}


# --- taking it along -------------------------------------------------------------------------------


def test_the_export_has_pictures_as_files_that_anything_opens(mia):
    jpeg = as_file("JPEG")
    key = picture(mia, "The roof", jpeg)
    words(mia, LETTER, by="Aya")
    files = dict(vault.export(mia))
    assert files[f"keepsakes/{key}.jpg"] == jpeg
    told = files["keepsake.txt"].decode()
    assert f"{LETTER}\nAya" in told
    assert f"The roof\nkeepsakes/{key}.jpg" in told
    assert len(json.loads(files["keepsake.json"])) == 2
    assert not [name for name in files if "thumbnail" in name or name == "keepsake-picture.json"]


def test_two_take_their_things_along_at_a_time(client, mia, monkeypatch):
    """Decision 0009: an export holds all of somebody's pictures at once."""
    monkeypatch.setattr(people, "TAKE_ALONG_WAIT", 0.01)
    with people.taking_along(), people.taking_along():
        page = client.of(mia).post(address("export"), {"as": "plain"})
        assert page.status_code == 503
        assert "Others are taking their things along" in page.text
    assert client.of(mia).post(address("export"), {"as": "plain"}).status_code == 200


def test_a_fifth_who_wants_to_take_their_things_along_is_told_so_at_once(client, mia):
    many = people.TAKE_ALONG_AT_ONCE + people.MOST_WAIT_TO_TAKE_ALONG
    for _ in range(many):
        assert people._line.acquire(blocking=False)
    try:
        began = time.monotonic()
        page = client.of(mia).post(address("export"), {"as": "plain"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
        assert time.monotonic() - began < people.TAKE_ALONG_WAIT / 2
    finally:
        people._line.release(many)
    assert client.of(mia).post(address("export"), {"as": "plain"}).status_code == 200


# --- who may send a file (decision 0009) -----------------------------------------------------------


def large(size=300_000):
    return {"text": "The roof", "picture": a_file(b"zebra" * (size // 5))}


def test_only_the_page_for_pictures_takes_a_body_as_large_as_a_picture(client, mia):
    browser = client.of(mia)
    assert browser.post(address("keepsake-photo"), large()).status_code == 422  # read, and no picture
    for name in ("keepsake-words", "today", "keepsakes", "account"):
        assert browser.post(address(name), large()).status_code == 413
    assert browser.post(address("keepsake-photo"), large((8 << 20) + 100_000)).status_code == 413
    assert browser.post(address("keepsake-photo"), {"text": "a" * 300_000}).status_code in (400, 413)
    body = b"text=" + b"a" * 300_000
    kind = "application/x-www-form-urlencoded"
    assert browser.post(address("keepsake-photo"), body, content_type=kind).status_code == 413


def test_the_first_lines_decide(client, mia):
    """Before any of the body is read."""
    mine, where = client.of(mia).cookies["__Host-k"].value, address("keepsake-photo")
    file, cookie = "multipart/form-data; boundary=b", f"__Host-c=zebra; __Host-k={mine}"
    assert uploads.is_welcome("POST", where, file, cookie)
    for wrong in (
        ("PUT", where, file, cookie),
        ("POST", address("keepsake-words"), file, cookie),
        ("POST", where + "x", file, cookie),
        ("POST", where, "application/x-www-form-urlencoded", cookie),
        ("POST", where, "", cookie),
        ("POST", where, file, ""),
        ("POST", where, file, "__Host-k=zebra"),
        ("POST", where, file, f"{cookie}; __Host-k={mine}"),
        ("POST", where, file, f"x__Host-k={mine}"),
    ):
        assert not uploads.is_welcome(*wrong), wrong[:3]


def test_only_who_is_in_may_send_it(client, mia):
    where = address("keepsake-photo")
    assert client.post(where, large()).status_code == 413
    client.cookies["__Host-k"] = "A" * 75
    assert client.post(where, large()).status_code == 413
    ended = client.of(mia)
    vault.sessions.leave(ended.cookies["__Host-k"].value)
    assert ended.post(where, large()).status_code == 413


def test_whoever_wrote_beside_a_picture_until_the_visit_locked_finds_the_words_again(client, mia, clock):
    """The picture is not kept; one word, and the form is there with what was typed."""
    browser, where = client.of(mia), address("keepsake-photo")
    clock.forward(240)
    for sent in (large(), large(5000), {"text": "The roof"}):
        page = browser.post(where, sent)
        assert page.status_code == 401
        assert 'name="word"' in page.text
        assert "What you were writing is kept" in page.text
    page = browser.post(where, large())
    assert "you can choose it again then" in page.text
    hidden = dict(re.findall(r'name="(draft|back)" value="([^"]*)"', page.text))
    assert hidden["draft"]
    clock.forward(20 * 60)
    assert browser.post(where, large()).status_code == 413  # that visit is over


def test_a_proxy_that_asks_first_hears_yes_or_no_and_no_page(client, mia, clock):
    where, asks = address("keepsake-photo"), {"X-Asked-First": "1"}
    assert client.get(where, headers=asks).status_code == 401
    browser = client.of(mia)
    answer = browser.get(where, headers=asks)
    assert (answer.status_code, answer.content) == (204, b"")
    clock.forward(240)
    assert browser.get(where, headers=asks).status_code == 204  # locked, and still a visit
    assert browser.get(address("keepsakes"), headers=asks).status_code == 401  # its page, as for anybody
    assert browser.get(where).status_code == 401
    clock.forward(20 * 60)
    assert browser.get(where, headers=asks).status_code == 401


def test_however_small_a_picture_is_only_two_are_taken_at_once(client, mia):
    """A few bytes can take seconds to read; other forms have nothing to do with it."""
    browser, where = client.of(mia), address("keepsake-photo")
    for _ in range(uploads.AT_ONCE):
        assert middleware._files.acquire(blocking=False)
    try:
        page = browser.post(where, large(500))
        assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
        assert client.post(where, large(500)).status_code != 503  # a stranger takes nobody's place
        assert browser.post(address("keepsake-words"), {"text": "The roof"}).status_code == 303
    finally:
        middleware._files.release(uploads.AT_ONCE)
    assert browser.post(where, large(500)).status_code == 422


def test_when_a_visit_ends_while_a_picture_comes_the_words_are_a_draft(client, mia, words_of, monkeypatch):
    """The picture is not; the page says so before and after signing in."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    browser = client.of(mia)
    cookie = f"__Host-k={browser.cookies['__Host-k'].value}"
    uploads.let_in(cookie)
    vault.sessions.leave(browser.cookies["__Host-k"].value)
    page = browser.post(address("keepsake-photo"), large(), headers={"Cookie": cookie})
    uploads.let_out(cookie)
    assert page.status_code == 401
    assert "What you were writing is kept" in page.text
    assert "you can choose it again then" in page.text
    hidden = dict(re.findall(r'name="(draft|ticket)" value="([^"]+)"', page.text))
    page = browser.post("/", hidden | {"words": words_of["mia"]})
    assert "The roof" in page.text
    assert "You can choose it again on the next page" in page.text
    assert f'action="{address("keepsake-photo")}"' in page.text
    page = browser.post(address("keepsake-photo"), {"text": "The roof"})
    assert "no picture with it yet" in page.text
    assert browser.post(address("keepsake-photo"), large()).status_code == 422  # they are in again


def test_who_was_let_in_is_forgotten_once_it_is_answered():
    uploads.let_in("zebra")
    uploads.let_in("zebra")
    uploads.let_out("zebra")
    assert uploads._is_on_its_way("zebra")
    uploads.let_out("zebra")
    assert not uploads._is_on_its_way("zebra")
    assert not uploads._on_their_way

"""What the pocket promises on the server's side. The phone's side, in a real browser: tests/browser/test_pocket.py."""

import base64
import re

import pytest

from ibasho import vault
from ibasho.errors import NotFound
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.phone import PhoneCopy, PhonePart, PhoneStep
from ibasho.plan.records import Step
from ibasho.pocket import access, actions
from ibasho.pocket.records import CHAPTER, KeptCopy
from ibasho.web import static_files
from ibasho.web.addresses import address

COPY = PhoneCopy(
    made_on="Sunday, 22 November", parts=(PhonePart("Alone", (PhoneStep("The stairs, zebra-canary."),)),)
)


@pytest.fixture(autouse=True)
def a_plan(monkeypatch):
    monkeypatch.setattr(plan_access, "phone_copy", lambda space: COPY)


def keep(space, *, label="old phone", days=90, instead=b""):
    return actions.keep_on_phone(space, label=label, days=days, instead=instead).token


def again():
    """Mia's space as it is now."""
    return vault.open_door("veranda teapot lantern kettle meadow willow")


def write(space):
    seen = plan_access.mark_of(plan_access.part_of(space, "alone").steps)
    step = Step("0a0a0a0a", f"The stairs, {seen}.")
    plan.keep_part(space, name="alone", steps=(step,), seen=seen)


def ask(browser, token, **more):
    return browser.post(
        "/help/kept/ask", data=token, content_type="application/octet-stream", **more
    ).status_code


# Who knows of it ----------------------------------------------------------------------------------


def test_mia_sees_the_phone_that_keeps_her_plan_and_nobody_else_does(mia, aya, clock):
    keep(mia)
    (copy,) = access.copies(mia)
    assert (copy.label, (copy.until - copy.since).days) == ("old phone", 90)
    assert access.copies(aya) == []
    with pytest.raises(NotFound):
        actions.let_go(aya, copy=copy.id)
    assert access.copies(mia) == [copy]


def test_a_phone_asks_with_its_token_and_hears_whether_it_is_wanted(mia, client, clock):
    token = keep(mia, days=30)
    assert ask(client, token) == 204
    assert ask(client, bytes(32)) == 410
    (copy,) = access.copies(mia)
    actions.let_go(mia, copy=copy.id)
    assert ask(client, token) == 410
    assert access.copies(mia) == []


def test_a_phone_loses_a_plan_that_is_erased_where_it_was_written(mia, client, clock):
    token = keep(mia)
    plan.erase_plan(mia)
    assert ask(client, token) == 410
    assert access.copies(mia) == []


def test_a_copy_is_over_after_its_days_and_is_on_no_list_any_more(mia, client, clock):
    token = keep(mia, days=30)
    clock.forward(31 * 86_400)
    assert ask(client, token) == 202
    assert access.copies(mia) == []


def test_a_clock_that_ran_ahead_has_ended_nothing_once_it_is_right_whatever_was_kept_meanwhile(
    mia, client, clock
):
    token = keep(mia)
    clock.forward(365 * 86_400)
    assert ask(client, token) == 202
    keep(mia, label="meanwhile")
    clock.forward(-365 * 86_400)
    assert ask(client, token) == 204
    assert sorted(one.label for one in access.copies(mia)) == ["meanwhile", "old phone"]


def test_what_is_over_does_not_pile_up(mia, clock):
    for _ in range(3 * actions.MOST_COPIES):
        keep(mia, days=30)
        clock.forward(31 * 86_400)
    assert len(mia.keys(KeptCopy, CHAPTER)) <= actions.MOST_COPIES + 1


def test_other_words_end_every_copy_and_the_list_says_so(mia, client, clock):
    token = keep(mia)
    moved = vault.change_words(mia, vault.new_words())
    assert ask(client, token) == 410
    assert access.copies(moved) == []
    keep(moved)
    assert len(access.copies(moved)) == 1


def test_erasing_everything_ends_every_copy(mia, client, clock):
    token = keep(mia)
    vault.burn(mia)
    assert ask(client, token) == 410


def test_the_answer_is_the_same_with_and_without_somebody_signed_in_and_touches_no_session(
    mia, client, clock
):
    token = keep(mia)
    for browser in (client, client.of(mia)):
        assert ask(browser, token) == 204
        assert not browser.post("/help/kept/ask", data=token, content_type="application/octet-stream").content


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_site_cannot_ask(site, mia, client, clock):
    assert ask(client, keep(mia), headers={"Sec-Fetch-Site": site}) == 400


@pytest.mark.parametrize("body", [b"", b"x" * 31, b"x" * 33, b"x" * 5000])
def test_what_is_no_token_is_no_question(body, mia, client):
    assert ask(client, body) == 400
    assert client.post("/help/kept/ask", {"token": "x" * 32}).status_code == 400


def test_when_the_database_does_not_answer_neither_yes_nor_no_is_said(mia, client, monkeypatch):
    def trouble(*said):
        raise vault.StorageTrouble

    monkeypatch.setattr(vault, "tally_says", trouble)
    assert ask(client, bytes(32)) == 503


# What is handed over -------------------------------------------------------------------------------


def test_the_script_gets_the_plan_once_and_a_token_that_lies_nowhere(mia, client, clock, every_byte_on_disk):
    answer = client.of(mia).post(address("pocket-copy"), {"label": "old phone", "days": "90"})
    said = answer.json()
    assert said["copy"] == {
        "made_on": "Sunday, 22 November",
        "parts": [{"title": "Alone", "steps": [{"text": "The stairs, zebra-canary."}]}],
    }
    token = base64.b64decode(said["token"])
    assert ask(client, token) == 204
    disk = every_byte_on_disk()
    for word in (b"zebra-canary", b"old phone", token, base64.b64encode(token)):
        assert word not in disk
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("sent", [{}, {"days": "91"}, {"days": "zebra"}, {"days": "90", "label": "x" * 41}])
def test_what_does_not_fit_keeps_nothing(sent, mia, client, clock):
    assert client.of(mia).post(address("pocket-copy"), sent).status_code == 422
    assert access.copies(again()) == []


def test_without_a_plan_there_is_nothing_to_keep(mia, client, monkeypatch):
    monkeypatch.setattr(plan_access, "phone_copy", lambda space: None)
    assert client.of(mia).post(address("pocket-copy"), {"days": "90"}).status_code == 409
    page = client.of(mia).get(address("pocket-keep")).text
    assert "There is no plan yet to keep." in page
    assert 'id="seal"' not in page


def end(browser, token):
    said = {"ended": base64.b64encode(token).decode()}
    return browser.post(address("pocket-copy"), said).status_code


def test_the_copy_of_before_holds_until_the_phone_says_that_the_new_one_lies_there(mia, client, clock):
    first = keep(mia)
    second = keep(mia, label="same phone", instead=first)
    assert (ask(client, first), ask(client, second)) == (204, 204), "the answer may never have come"
    assert end(client.of(mia), first) == 204
    assert (ask(client, first), ask(client, second)) == (410, 204)
    assert [one.label for one in access.copies(again())] == ["same phone"]
    assert end(client.of(again()), first) == 204, "and twice does no harm"


def test_a_full_list_has_room_for_the_phone_that_keeps_it_anew(mia, clock):
    tokens = [keep(mia) for _ in range(actions.MOST_COPIES)]
    keep(mia, instead=tokens[0])
    with pytest.raises(actions.TooManyCopies):
        keep(mia, instead=tokens[0])


@pytest.mark.parametrize("said", ["", "zebra", "====", "x" * 9000, "é"])
def test_what_is_no_token_ends_nothing(said, mia, client, clock):
    token = keep(mia)
    assert client.of(mia).post(address("pocket-copy"), {"ended": said}).status_code == 204
    assert ask(client, token) == 204


def test_the_token_of_somebody_else_s_phone_replaces_and_ends_nothing(mia, aya, client, clock):
    hers = keep(aya)
    keep(mia, instead=hers)
    assert end(client.of(mia), hers) == 204
    assert ask(client, hers) == 204


def test_the_list_says_which_copies_are_from_before_the_last_change_of_the_plan(mia, client, clock):
    keep(mia, label="old phone")
    said = "From before your last change of the plan."
    write(mia)
    assert said not in client.of(mia).get(address("pocket-keep")).text
    clock.forward(2 * 86_400)
    write(mia)
    keep(mia, label="new phone")
    assert [(one.label, one.older) for one in access.copies(mia)] == [
        ("new phone", False),
        ("old phone", True),
    ]
    assert client.of(mia).get(address("pocket-keep")).text.count(said) == 1


def test_there_are_no_more_phones_than_can_be_read_at_a_glance(mia, clock):
    for _ in range(actions.MOST_COPIES):
        keep(mia)
    with pytest.raises(actions.TooManyCopies):
        keep(mia)
    clock.forward(91 * 86_400)
    keep(mia)
    assert len(access.copies(mia)) == 1


# The pages -----------------------------------------------------------------------------------------


def test_no_form_can_ever_send_a_pin(mia, client, clock):
    keep(mia)
    for page in (client.of(mia).get(address("pocket-keep")).text, client.get("/help/kept").text):
        pins = [tag for tag in re.findall(r"<input[^>]*>", page) if 'type="password"' in tag]
        assert pins
        assert not any(" name=" in tag or "maxlength" in tag for tag in pins if "veil-word" not in tag)


def test_the_page_that_opens_it_holds_nothing_of_anybody_and_does_not_speak_of_a_second_pin(mia, client):
    page = client.get("/help/kept").text
    assert "csrfmiddlewaretoken" not in page
    assert "zebra" not in page
    assert not re.search(
        "second|notebook|notes|plan|people of mine", re.sub("<style.*?</style>", "", page, flags=re.S), re.I
    )
    assert "opens with JavaScript, which is switched off here" in page


def test_the_page_that_keeps_it_says_who_could_see_what_before_a_pin_is_chosen(mia, client):
    page = client.of(mia).get(address("pocket-keep")).text
    begins = page.index('<form id="seal"')
    for said in (
        "paper is the better place",
        "An icon on the phone is a receipt",
        "Six digits then hold for minutes",
    ):
        assert 0 < page.index(said) < begins
    assert (
        begins
        < page.index("somebody who knows this program may ask for the other PIN")
        < page.index('id="second"')
    )


@pytest.mark.parametrize("path", ["/help", "/help/kept", "/help/shelf/long-breath", "/safety", "/offline"])
def test_no_page_that_is_open_to_everybody_says_what_is_kept_on_a_phone(path, mia, client):
    """Else whoever types the second PIN is asked where the plan is."""
    page = client.get(path).text
    assert path == "/safety" or 'href="/help/kept"' in page or path == "/help/kept"
    assert not re.search(r"\bplan\b|people of mine|notebook", page, re.I)
    assert ("My plan" in client.of(mia).get(path).text) == (path == "/help"), (
        "its owner finds it, once she is in"
    )


def test_a_label_is_shown_and_never_run(mia, client, clock):
    keep(mia, label="<script>zebra</script>")
    page = client.of(mia).get(address("pocket-keep")).text
    assert "&lt;script&gt;zebra" in page
    assert "<script>zebra" not in page


def test_a_phone_is_taken_off_the_list_without_script(mia, client, clock):
    keep(mia)
    (copy,) = access.copies(mia)
    browser = client.of(mia)
    assert copy.id in browser.get(address("pocket-keep")).text
    answer = browser.post(address("pocket-keep"), {"remove": copy.id}, follow=True)
    assert "That phone loses it when it next has a connection." in answer.text
    assert copy.id not in answer.text


def test_keeping_it_works_before_the_doors_open(mia, client):
    from ibasho.programme.records import Programme

    vault.set_setting("programme", Programme())
    assert client.of(mia).get(address("pocket-keep")).status_code == 200


# How it is sealed ----------------------------------------------------------------------------------


def test_a_pin_is_stretched_as_long_as_decision_0010_says_and_nothing_of_a_plan_is_read_as_markup():
    script = (static_files.SOURCES / "pocket.js").read_text("utf-8")
    rounds = re.search(r"const ROUNDS = ([\d_]+);", script)[1].replace("_", "")
    assert int(rounds) >= 600_000
    assert 'name: "PBKDF2", hash: "SHA-256"' in script
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "localStorage", "eval("):
        assert word not in script

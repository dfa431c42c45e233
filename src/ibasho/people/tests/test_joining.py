"""How somebody comes to have a place here (DOMAIN 4.2, 5.2; VAULT 1.1, 1.4)."""

import re

import pytest

from ibasho import vault
from ibasho.people.records import Profile
from ibasho.people.tests.browser import every_point, hidden, words_shown
from ibasho.programme import telling
from ibasho.programme.records import Duty, Programme
from ibasho.web.addresses import address


def test_mia_joins_with_five_spoken_words_and_is_given_six_of_her_own(newcomer, client):
    words = newcomer.join(vault.host_invite("member"))

    assert len(words.split()) == vault.DOOR_WORDS
    profile = vault.open_door(words).own(Profile)
    assert (profile.name, profile.roles) == ("Mia", ("member",))
    assert client.get(address("account")).status_code == 200


@pytest.mark.parametrize("kind", ["helper", "facilitator"])
def test_whoever_sees_more_of_others_is_given_seven_words(newcomer, programme, kind):
    words = newcomer.join(vault.host_invite(kind))

    assert len(words.split()) == vault.HELPER_WORDS
    assert vault.open_door(words).own(Profile).roles == (kind,)


def test_words_come_in_the_language_somebody_chooses(newcomer, programme):
    words = newcomer.join(vault.host_invite("member"), language="de")

    assert vault.open_door(words).own(Profile).language == "de"
    german = set(vault.words.LISTS["de"])
    assert german.issuperset(words.split())


def test_no_name_is_needed_and_any_script_will_do(newcomer, programme):
    assert vault.open_door(newcomer.join(vault.host_invite("member"), name="  ")).own(Profile).name == ""
    assert (
        vault.open_door(newcomer.join(vault.host_invite("member"), name="ミア")).own(Profile).name == "ミア"
    )


def test_a_name_cannot_turn_the_writing_of_a_page_round(newcomer, programme):
    words = newcomer.join(vault.host_invite("member"), name="Mi\u202ea\x07\u200f ")

    assert vault.open_door(words).own(Profile).name == "Mia"


def test_a_name_that_is_far_too_long_is_said_so_and_nothing_else_is_lost(newcomer, programme):
    answer = newcomer.agree(newcomer.look(vault.host_invite("member")), name="M" * 41)

    assert answer.status_code == 422
    assert "M" * 41 in answer.text
    assert answer.text.count(" checked") == 10


# Ten things, one by one


def test_everybody_is_told_ten_things_before_the_first_word(newcomer, programme):
    """DOMAIN 4.2."""
    told = newcomer.look(vault.host_invite("member"))

    assert told.text.count('name="understood"') == 10
    for said in (
        "no treatment and no crisis service",
        "A court may order it",
        "18 or older",
        "No real name is needed",
    ):
        assert said in told.text


@pytest.mark.parametrize("left_out", every_point())
def test_without_any_one_of_the_ten_nobody_goes_on(newcomer, programme, left_out):
    told = newcomer.look(vault.host_invite("member"))

    answer = newcomer.agree(told, understood=[key for key in every_point() if key != left_out])

    assert answer.status_code == 422
    assert "This one is still open." in answer.text
    assert answer.text.count(" checked") == 9
    assert 'value="Mia"' in answer.text
    assert newcomer.agree(answer).status_code == 200


def test_reporting_duties_are_named_before_the_first_word(newcomer, programme):
    """DOMAIN 4.2, 4 and 5: a survivor must know this before saying a word."""
    duties = (
        Duty("A child who is being hurt", "Daniel", required=True),
        Duty("Selling anything here", "the group"),
    )
    now = Programme(
        run_by="The Thursday people", country="GB", opened_on=vault.clock.instant().date(), duties=duties
    )
    vault.set_setting("programme", now)

    told = newcomer.look(vault.host_invite("member")).text

    assert "A child who is being hurt. Who decides: Daniel." in told
    assert "Selling anything here. Who decides: the group." in told
    assert told.count("A child who is being hurt") == 2  # in the list, and among what law or job asks for
    assert told.count("Selling anything here") == 1


def test_no_telling_promises_more_than_is_true(programme):
    """DOMAIN 4.2: never completely confidential, never privileged."""
    said = " ".join(
        sentence
        for point in telling.points(vault.setting("programme", Programme))
        for sentence in (*point.sentences, *point.after)
    )
    for never in ("completely", "anonymous", "privileged", "fully", "guarantee"):
        assert never not in said.lower()


def test_which_telling_was_understood_is_kept_with_its_day(newcomer, programme, clock):
    words = newcomer.join(vault.host_invite("member"))

    agreed = vault.open_door(words).own(Profile).agreed
    assert agreed is not None
    assert (agreed.version, agreed.on) == (vault.setting("programme", Programme).telling, clock.at.date())


def test_a_telling_that_changes_while_it_is_read_is_read_again(newcomer, programme):
    told = newcomer.look(vault.host_invite("member"))
    vault.set_setting(
        "programme",
        Programme(run_by="Others", country="GB", opened_on=vault.clock.instant().date(), telling=7),
    )

    answer = newcomer.agree(told)

    assert answer.status_code == 422
    assert "This is run by Others." in answer.text
    assert 'value="Mia"' in answer.text


# The words


def test_other_words_can_be_had_as_often_as_one_likes(newcomer, client):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    first = words_shown(shown)

    other = client.post(address("join"), {"to": "other", "state": hidden(shown, "state")})

    assert words_shown(other) != first
    assert newcomer.finish(other).status_code == 303


def test_words_that_stay_are_typed_as_dots_which_no_keyboard_learns(newcomer, client):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    back = client.post(address("join"), {"to": "type", "state": hidden(shown, "state")})
    newcomer.finish(shown)
    changing = client.post(address("change-words"), {"to": "prove", "words": words_shown(shown)})
    new = client.post(address("change-words"), {"to": "type", "state": hidden(changing, "state")})
    asked = [client.get(address(name)) for name in ("practise", "change-words", "erase")]
    client.cookies.clear()

    for page in (client.get("/"), back, new, *asked):
        (field,) = re.findall(r'<(?:input|textarea)[^>]* name="words"[^>]*>', page.text)
        assert 'type="password"' in field
        for promise in ('autocapitalize="none"', 'autocorrect="off"', 'writingsuggestions="false"'):
            assert promise in field


def test_words_in_another_order_are_not_the_words(newcomer, programme):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    words = words_shown(shown)

    wrong = newcomer.finish(shown, " ".join(reversed(words.split())))

    assert wrong.status_code == 422
    assert newcomer.finish(wrong, f" 1. {words.upper().replace(' ', ',  ')}\n").status_code == 303


def test_going_back_finds_everything_as_it_was(newcomer, client):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))

    told = client.post(address("join"), {"to": "tell", "state": hidden(shown, "state")})
    assert told.text.count(" checked") == 10
    assert 'value="Mia"' in told.text

    again = newcomer.agree(told)
    assert words_shown(again) == words_shown(shown)
    assert newcomer.finish(again).status_code == 303


def test_the_last_step_sent_twice_is_one_place_and_somebody_in_it(newcomer, client):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    newcomer.finish(shown)
    before = vault.counts().doors

    twice = newcomer.finish(shown)

    assert twice.status_code == 303
    assert vault.counts().doors == before
    assert client.get(address("account")).status_code == 200


def test_of_two_with_one_invitation_the_slower_one_is_told_kindly(newcomer, client, clock):
    invitation = vault.host_invite("member")
    slower = newcomer.agree(newcomer.look(invitation))
    faster = newcomer.agree(newcomer.look(invitation))
    assert newcomer.finish(faster).status_code == 303

    told = newcomer.finish(slower)

    assert told.status_code == 409
    assert "Somebody else has just used this invitation" in told.text


def test_what_was_said_travels_sealed_and_only_for_an_hour(newcomer, client, clock, every_byte_on_disk):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")), name="zebra canary")
    assert "zebra" not in hidden(shown, "state")
    assert b"zebra" not in every_byte_on_disk()

    clock.forward(61 * 60)

    assert newcomer.finish(shown).status_code == 409


@pytest.mark.parametrize("to", ["agree", "other", "type", "done", "show", "tell", "nonsense"])
def test_nobody_skips_a_step_with_a_state_that_is_not_ours(client, programme, to):
    answer = client.post(address("join"), {"to": to, "state": "made-up", "words": "otter"})

    assert answer.status_code == 409
    assert "invitation" in answer.text


@pytest.mark.parametrize("to", ["other", "type", "done", "show", "nonsense"])
def test_nobody_is_given_words_before_the_ten_things(newcomer, client, to):
    told = newcomer.look(vault.host_invite("member"))

    answer = client.post(address("join"), {"to": to, "state": hidden(told, "state"), "words": ""})

    assert 'name="understood"' in answer.text
    assert vault.counts().doors == 0


# The invitation


def test_an_invitation_opens_a_place_once(newcomer, client, clock):
    """Attack 38."""
    invitation = vault.host_invite("member")
    newcomer.join(invitation)

    assert newcomer.look(invitation).status_code == 403


def test_an_invitation_is_over_after_seven_days(newcomer, clock):
    """Attack 38."""
    late, in_time = vault.host_invite("member"), vault.host_invite("member")
    clock.forward(7 * 24 * 3600)
    assert newcomer.look(in_time).status_code == 200

    clock.forward(24 * 3600)
    assert newcomer.look(late).status_code == 403


def test_an_invitation_is_looked_at_five_times_at_most(newcomer, programme):
    """Attack 38."""
    invitation = vault.host_invite("member")

    assert [newcomer.look(invitation).status_code for _ in range(6)] == [200] * 5 + [403]


def test_unknown_used_and_misspelt_invitations_are_one_answer(newcomer, programme):
    used = vault.host_invite("member")
    newcomer.join(used)

    answers = [
        newcomer.look(words) for words in (used, "otter badger acorn maple birch", "nothing on a list", "")
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert all("do not open an invitation now" in answer.text for answer in answers)


def test_guessing_invitations_rests_after_ten_tries(newcomer, programme):
    for _ in range(10):
        newcomer.look("otter badger acorn maple birch")

    resting = newcomer.look(vault.host_invite("member"))

    assert resting.status_code == 429
    assert "Retry-After" in resting.headers


def test_far_too_much_is_refused_before_any_work_is_done(newcomer, programme, monkeypatch):
    """Attack 51."""
    monkeypatch.setattr(vault, "look_at_invitation", lambda words: pytest.fail("it was tried"))

    assert newcomer.look("otter " * 10_000).status_code == 400


@pytest.mark.parametrize(("kind", "status"), [("member", 403), ("helper", 403), ("facilitator", 200)])
def test_before_the_doors_are_open_only_a_facilitator_comes_in(newcomer, programme, kind, status):
    """DOMAIN 4.3."""
    vault.set_setting("programme", Programme())

    assert newcomer.look(vault.host_invite(kind)).status_code == status


def test_doors_that_close_while_somebody_joins_stay_closed_for_them(newcomer, programme):
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    vault.set_setting("programme", Programme())

    assert newcomer.finish(shown).status_code == 403
    assert vault.counts().doors == 0


# The first way round


def test_before_the_first_page_leaving_is_explained_once(newcomer, client, visitor):
    """DOMAIN 5.2."""
    shown = newcomer.agree(newcomer.look(vault.host_invite("member")))
    words = words_shown(shown)
    first = newcomer.finish(shown)
    assert first.headers["Location"] == address("arrive")

    explained = client.get(address("arrive")).text
    for said in ("does not erase the browser", "not yet kept is gone", "How to come back", "another device"):
        assert said in explained
    assert visitor.come_in(words, page=client.get("/join")).headers["Location"] == address("arrive")

    client.post(address("arrive"))
    assert client.get("/").headers["Location"] == address("today")


@pytest.mark.parametrize(("open_already", "goes_to"), [(False, "set-up"), (True, "today")])
def test_the_first_facilitator_goes_on_to_set_the_place_up(newcomer, client, open_already, goes_to):
    """DOMAIN 4.3."""
    if not open_already:
        vault.set_setting("programme", Programme())
    newcomer.join(vault.host_invite("facilitator"))

    assert client.post(address("arrive"), {"to": "sheet"}).headers["Location"] == address("recovery-sheet")
    assert client.post(address("arrive")).headers["Location"] == address(goes_to)


def test_on_the_first_return_words_may_be_practised_and_never_again_unasked(newcomer, client, visitor):
    words = newcomer.join(vault.host_invite("member"))
    client.post(address("arrive"))
    assert client.get("/").headers["Location"] == address("today")  # not on the day of joining

    back = visitor.come_in(words, page=client.get("/join"))
    assert back.headers["Location"] == address("practise")
    assert "Not now" in client.get(address("practise")).text
    assert client.get("/").headers["Location"] == address("today")

    assert visitor.come_in(words, page=client.get("/join")).headers["Location"] == address("today")


def test_practising_says_whether_they_were_right_and_changes_nothing(newcomer, client):
    words = newcomer.join(vault.host_invite("member"))

    assert "Those are your words." in client.post(address("practise"), {"words": words}).text
    wrong = client.post(address("practise"), {"words": "otter badger"})
    assert wrong.status_code == 403
    assert "otter badger" in wrong.text
    assert vault.open_door(words)


def test_when_the_telling_changes_members_are_shown_it_and_can_say_so(newcomer, client):
    words = newcomer.join(vault.host_invite("member"))
    assert "has changed" not in client.get(address("account")).text
    now = vault.setting("programme", Programme)
    changed = Programme(run_by="Others", country="GB", opened_on=now.opened_on, telling=now.telling + 1)
    vault.set_setting("programme", changed)

    assert "has changed" in client.get(address("account")).text
    assert "This is run by Others." in client.get(address("understood")).text
    client.post(address("understood"))

    assert "has changed" not in client.get(address("account")).text
    agreed = vault.open_door(words).own(Profile).agreed
    assert agreed is not None
    assert agreed.version == now.telling + 1

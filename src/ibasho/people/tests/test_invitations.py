"""Who invites, with which words, and what they learn of it (VAULT 1.4; attacks 9, 27, 38)."""

import pytest

from ibasho import vault
from ibasho.people import actions, door
from ibasho.people.records import Profile
from ibasho.people.tests.browser import hidden, words_shown
from ibasho.programme.records import Programme
from ibasho.vault import suite
from ibasho.vault.identity import seal_to
from ibasho.web.addresses import address


@pytest.fixture
def browser(client, daniel, clock):
    """Daniel's browser; newcomers have their own."""
    return client.of(daniel)


def give(browser, **said):
    ticket = hidden(browser.get(address("invitations")), "ticket")
    return browser.post(address("invitations"), {"kind": "member", "name": "", "ticket": ticket} | said)


def test_daniel_invites_and_mia_joins(browser, newcomer, client, words_of):
    words = words_shown(give(browser, name="the paramedic"))
    assert len(words.split()) == vault.INVITATION_WORDS
    assert "the paramedic" in browser.get(address("invitations")).text

    hers = newcomer.join(words)

    assert vault.open_door(hers).own(Profile).roles == ("member",)


@pytest.mark.parametrize("kind", ["member", "helper", "facilitator"])
def test_daniel_may_invite_people_to_do_different_things(browser, newcomer, kind):
    hers = newcomer.join(words_shown(give(browser, kind=kind)))

    assert vault.open_door(hers).own(Profile).roles == (kind,)


@pytest.mark.parametrize("kind", ["", "host", "keeper"])
def test_nobody_is_invited_as_something_that_does_not_exist(browser, words_of, kind):
    answer = give(browser, kind=kind, name="the paramedic")

    assert answer.status_code == 422
    assert "the paramedic" in answer.text
    assert vault.invitations(vault.open_door(words_of["daniel"])) == []


def test_an_invitation_to_be_something_else_opens_nothing(newcomer, programme, daniel):
    with pytest.raises(vault.NotFound):
        actions.give_invitation(daniel, kind="keeper", name="")

    assert newcomer.look(vault.host_invite("keeper")).status_code == 403


@pytest.mark.parametrize("ticket", ["", "never handed out", "zebra" * 1000])
def test_a_form_that_was_not_handed_out_here_gives_no_invitation_and_leaves_no_file(
    browser, programme, words_of, ticket
):
    assert give(browser, ticket=ticket).status_code == 409
    assert not (programme.run / "used").exists()
    assert vault.invitations(vault.open_door(words_of["daniel"])) == []


@pytest.mark.parametrize("person", ["mia", "tom"])
def test_for_members_and_helpers_there_is_no_such_page(client, person, request, daniel):
    """Attack 27: not allowed and not there are one answer."""
    browser = client.of(request.getfixturevalue(person))

    looked = browser.get(address("invitations"))
    tried = browser.post(address("invitations"), {"kind": "facilitator", "ticket": door.new_ticket()})

    assert (looked.status_code, tried.status_code) == (404, 404)
    nowhere = browser.get("/n/nowhere")
    assert looked.text.count("<p>") == nowhere.text.count("<p>")
    assert address("invitations") not in browser.get(address("account")).text
    assert client.of(daniel).get(address("invitations")).status_code == 200


@pytest.mark.parametrize(("kind", "given"), [("member", False), ("helper", False), ("facilitator", True)])
def test_before_the_doors_are_open_only_facilitators_can_be_invited(browser, words_of, kind, given):
    """DOMAIN 4.3."""
    vault.set_setting("programme", Programme())

    answer = give(browser, kind=kind, name="the paramedic")

    assert (answer.status_code == 200) is given
    assert "the paramedic" in answer.text
    assert bool(vault.invitations(vault.open_door(words_of["daniel"]))) is given


def test_a_button_pressed_twice_makes_one_invitation(browser, words_of):
    ticket = hidden(browser.get(address("invitations")), "ticket")
    form = {"kind": "member", "name": "", "ticket": ticket}
    browser.post(address("invitations"), form)

    again = browser.post(address("invitations"), form)

    assert again.status_code == 409
    assert len(vault.invitations(vault.open_door(words_of["daniel"]))) == 1


def test_an_invitation_taken_back_opens_nothing(browser, newcomer, words_of):
    kept, withdrawn = words_shown(give(browser, name="kept")), words_shown(give(browser, name="withdrawn"))
    row = next(
        one for one in vault.invitations(vault.open_door(words_of["daniel"])) if one.name == "withdrawn"
    )

    assert browser.post(address("invitations"), {"withdraw": row.id.hex()}).status_code == 303

    assert newcomer.look(withdrawn).status_code == 403
    assert newcomer.look(kept).status_code == 200


def test_nobody_takes_back_what_somebody_else_gave(browser, aya, newcomer):
    """Attack 27: not-yours is missing."""
    aya.set_own(Profile(name="Aya", roles=("facilitator",)))
    words = actions.give_invitation(aya, kind="member", name="")
    ayas = vault.invitations(aya)[0].id.hex()

    statuses = [
        browser.post(address("invitations"), {"withdraw": one}).status_code for one in (ayas, "00" * 32, "x")
    ]

    assert statuses == [404, 404, 404]
    assert newcomer.look(words).status_code == 200


def test_whoever_joined_and_whoever_invited_see_the_same_four_words(
    browser, newcomer, visitor, client, words_of
):
    hers = newcomer.join(words_shown(give(browser, name="the paramedic")))
    seen_by_her = vault.safety_words_with(vault.open_door(hers), vault.contacts(vault.open_door(hers))[0])

    visitor.come_in(words_of["daniel"], page=client.get("/join"))
    page = client.get(address("invitations")).text

    assert "Joined." in page
    assert len(seen_by_her.split()) == 4
    assert seen_by_her in page


def test_an_answer_that_was_swapped_on_the_way_is_told_plainly(
    browser, daniel, newcomer, visitor, client, words_of
):
    """Attack 9."""
    newcomer.join(words_shown(give(browser, name="the paramedic")))
    body = seal_to(daniel.identity.public, suite.pad(b"{}"), suite.ctx("answer"))
    store = vault.current().store
    store.commit([vault.Op("UPDATE post SET body = ?", (body,))])

    visitor.come_in(words_of["daniel"], page=client.get("/join"))
    page = client.get(address("invitations")).text

    assert "It was not accepted." in page
    assert "Joined." not in page


def test_an_invitation_nobody_used_is_shown_as_over(browser, daniel, visitor, client, words_of, clock):
    give(browser)
    assert "Open until" in browser.get(address("invitations")).text

    clock.forward(8 * 24 * 3600)
    visitor.come_in(words_of["daniel"], page=client.get("/join"))

    assert "was not used" in client.get(address("invitations")).text


def test_for_whom_an_invitation_was_is_sealed(browser, every_byte_on_disk):
    give(browser, name="zebra canary")

    assert b"zebra" not in every_byte_on_disk()


def test_a_month_after_it_ended_an_invitation_is_forgotten(browser, visitor, client, words_of, clock):
    """DOMAIN 10.5."""
    give(browser, name="the paramedic")
    clock.forward((7 + 29) * 24 * 3600)
    visitor.come_in(words_of["daniel"], page=client.get("/join"))
    assert "the paramedic" in client.get(address("invitations")).text

    clock.forward(3 * 24 * 3600)
    visitor.come_in(words_of["daniel"], page=client.get("/join"))

    assert "the paramedic" not in client.get(address("invitations")).text

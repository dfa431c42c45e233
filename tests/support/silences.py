"""Knocks that a test can meet: one that somebody asked for, and one that was asked of them, with its letter."""

from ibasho import vault
from ibasho.knock import access, actions
from ibasho.knock.records import KnockAgreement, KnockLetter, place_asked

TERMS = {"door": "safe", "text": "Could you look in on me?", "hows": ("call",), "no_bell": True}


def asks(one: vault.Space, contact: str) -> None:
    """Somebody asked a friend to look in. Nothing changes where they did."""
    one._look_again()
    reads = vault.readers_of(one, KnockAgreement, place_asked(contact))
    if (
        reads
        and access.state_of(one).on
        and access.state_of(one).news
        and access.draft_of(one).first == contact
    ):
        return
    actions.erase(one)
    actions.draft(one, first=contact, **TERMS)
    actions.ask(one)
    actions.draft(one, first=contact, **TERMS)
    actions._change(one, news=("lost",))


def is_asked(one: vault.Space, contact: str, by: vault.Space, known_as: str) -> None:
    """A friend, whom one knows by `contact`, asks them to look in, and their letter has come."""
    asks(by, known_as)
    one._look_again()
    if not any(letter.contact.id == contact for letter in access.letters_to(one)):
        agreed = access.agreement(access.draft_of(by), "first")
        vault.send_note(by, known_as, KnockLetter(agreed=agreed, done=vault.new_token()))
    if access.own_answer(one, contact).mark or access.own_answer(one, contact).outcome:
        actions._answer(one, contact, mark="", yes=False, letter=0, outcome="")

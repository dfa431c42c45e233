"""Whose bell an ask rings: those who are asked, once; and whoever asked, only if they wished so."""

import pytest

from ibasho import vault
from ibasho.asks import actions
from ibasho.asks.tests.people import again, asked_for, be_ally, only, takes

pytestmark = pytest.mark.usefixtures("clock")


class Ear:
    """Hears each ring once."""

    def __init__(self):
        self.heard = set()

    def since_then(self):
        new = [ring for ring in vault.rings_due(64) if ring.id not in self.heard]
        self.heard |= {ring.id for ring in new}
        return sorted(ring.work.bell for ring in new)


@pytest.fixture
def ear():
    return Ear()


def as_rung_by(space):
    """The bell of the one contact somebody has, as that contact rings it."""
    (contact,) = vault.contacts(again(space))
    return vault.my_bell_for(contact)


def test_whoever_is_asked_hears_it_once_and_a_member_who_did_not_wish_so_hears_nothing(mia, aya, ear):
    ask = asked_for(mia, [be_ally(mia, aya, "Aya")])
    assert ear.since_then() == [as_rung_by(aya)]
    key = takes(aya)
    actions.give_back(again(aya), only(aya).id, slot=key)
    actions.change(again(mia), ask, what="Soup", note="", rings=False)
    actions.close(again(mia), ask)
    assert ear.since_then() == []


def test_a_member_who_wished_so_hears_what_is_taken_and_given_back_and_nothing_else(mia, aya, tom, ear):
    ayas, toms = be_ally(mia, aya, "Aya"), be_ally(mia, tom, "Tom")
    asked_for(mia, [ayas, toms], rings=True)
    assert ear.since_then() == sorted([as_rung_by(aya), as_rung_by(tom)])
    key = takes(aya)
    assert ear.since_then() == [vault.my_bell_for(ayas)]
    takes(aya)
    actions.would_swap(again(aya), only(aya).id, slot=key)
    actions.give_back(again(tom), only(tom).id, slot=key)
    assert ear.since_then() == []
    takes(tom)
    actions.give_back(again(tom), only(tom).id, slot=key)
    assert ear.since_then() == [vault.my_bell_for(toms)] * 2

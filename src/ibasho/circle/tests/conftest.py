"""Mia and her ally Aya, who know each other through an invitation."""

import pytest

from ibasho import vault
from ibasho.circle import actions


def again(space):
    """The same person's place, opened afresh."""
    return vault.Space(vault.current(), space._root)


def befriend(one, other, name):
    """Let one person invite another who has a place already; gives each one's id for the other."""
    words = actions.invite(one, name=name)
    contact = vault.accept(other, vault.look_at_invitation(words))
    actions.come_in(one)
    actions.come_in(other)
    actions.come_in(one)
    return next(c.id for c in vault.contacts(one) if c.name == name), contact.id


@pytest.fixture
def pair(clock, mia, aya):
    """Aya is Mia's ally: her id in Mia's circle, and Mia's id with Aya."""
    return befriend(mia, aya, "Aya")

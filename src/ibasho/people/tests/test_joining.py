"""How somebody comes to have a place here (DOMAIN 4.2, 5.2; VAULT 1.1, 1.4)."""

from ibasho import vault
from ibasho.people.records import Profile
from ibasho.web.addresses import address


def test_mia_joins_with_five_spoken_words_and_is_given_six_of_her_own(newcomer, client):
    words = newcomer.join(vault.host_invite("member"))

    assert len(words.split()) == 6
    space = vault.open_door(words)
    profile = space.own(Profile)
    assert (profile.name, profile.roles) == ("Mia", ("member",))
    assert client.get(address("account")).status_code == 200

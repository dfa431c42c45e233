"""What the plan says: the names of its parts, what is asked about each, and what others have used.

All of it is ours (DOMAIN 1.3): the order follows the safety-planning approach of Stanley and Brown (2012), the
words do not. Nothing in here, in any language, names a way of doing harm (DOMAIN 1.12, 2.4).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

Said = str | Promise


@dataclass(frozen=True)
class PartWords:
    """What a page says about one part."""

    title: Said
    asks: Said
    hint: Said
    others: tuple[Said, ...]  # shown only to somebody who asks (DOMAIN 1.4)
    beside: tuple[Said, ...]  # for somebody who sits beside its owner (DOMAIN 1.6)


PARTS: dict[str, PartWords] = {
    "signs": PartWords(
        _l("How I notice"),
        _l("What do you notice first, when a hard stretch begins?"),
        _l(
            "A thought, a feeling, something you do or stop doing. What a camera would see, or only you would know."
        ),
        (
            _l("I stop answering messages."),
            _l("I tell everybody I am fine, in the same voice."),
            _l("I sleep on the sofa, with my shoes on."),
            _l("I think that I am only in the way."),
            _l("I snap at people at work, and then go quiet."),
            _l("I eat standing up, or not at all."),
        ),
        (
            _l("Ask: “If I had been there last time, what would I have seen first?”"),
            _l("Then wait. A long pause is somebody looking."),
            _l("Write their words, not better ones."),
        ),
    ),
    "alone": PartWords(
        _l("What I can do by myself"),
        _l("What has carried you through an hour, without anybody else?"),
        _l("Small things that work at any time of day, with what is at hand."),
        (
            _l("Feet on the floor, and name five things I can see."),
            _l("Wash my face with cold water."),
            _l("Once round the block with the dog’s lead in my hand, even without the dog."),
            _l("The album from the bus to training."),
            _l("Peel an orange very slowly."),
            _l("Write it down, and close the book."),
        ),
        (
            _l("Ask: “What got you through the last one, even a little?”"),
            _l("“Nothing” is an answer. Ask what made it worse, and turn it round."),
            _l("Small is good: what can be done at four in the morning?"),
        ),
    ),
    "company": PartWords(
        _l("Where I am not alone"),
        _l("Who, or which place, takes your mind off it, without you having to say why?"),
        _l("Company is enough here. Nobody in this part has to know anything."),
        (
            _l("The café at the station, the table by the window."),
            _l("My cousin, who talks about nothing but football."),
            _l("The late shift’s smoking corner, though I do not smoke."),
            _l("The library, until it closes."),
            _l("Thursday’s group, and just listen."),
        ),
        (
            _l("Ask: “Where do you go when you do not want to go home yet?”"),
            _l("A place with people and a warm drink counts as company."),
        ),
    ),
    "people": PartWords(
        _l("Whom I can tell"),
        _l("Whom could you tell that it is bad, and ask to stay near?"),
        _l("A first name is enough. With a number, the plan can ring them in one tap."),
        (
            _l("Somebody who has seen me cry before."),
            _l("The one who always says: ring me, whatever the time."),
            _l("My neighbour, who does not ask."),
            _l("A helper from here, in the hours they said."),
        ),
        (
            _l("Ask: “Who could hear this and not be frightened of it?”"),
            _l("Ask: “Have they said that you may ring?” If not, that can be a first step."),
            _l("Nobody comes to mind? Then a line counts, and so does a helper. Say so."),
        ),
    ),
    "services": PartWords(
        _l("People whose work it is"),
        _l("Which professionals or services would you turn to?"),
        _l(
            "Lines of your country stand beneath this part by themselves. Here is room for those who know you."
        ),
        (
            _l("My doctor’s practice, in the morning."),
            _l("The counsellor the union pays for."),
            _l("The night desk of the clinic in town."),
        ),
        (
            _l("Ask: “Has anyone whose work it is ever been of use? Who was it?”"),
            _l("Look the number up together, and ring it once to hear how it answers."),
        ),
    ),
    "safer": PartWords(
        _l("Making it safer around me"),
        _l("What would put time and distance between you and the worst of it?"),
        _l(
            "The worst minutes pass. Whatever keeps something out of reach until then has done its work. No details "
            "are needed here, and no names of things: “the box” is enough."
        ),
        (
            _l("Somebody I trust keeps something for me for a while."),
            _l("I stay in the room where the others are."),
            _l("I go another way home."),
            _l("I do not keep drink in the flat this month."),
            _l("I ask somebody to stay the night."),
        ),
        (
            _l("Ask once, plainly: “Is there something you would rather not have near you on such a night?”"),
            _l("You need not know what it is. Ask who could keep it, and for how long."),
            _l("Do not carry it away yourself unless both of you want that."),
        ),
    ),
    "matters": PartWords(
        _l("What I hold on to"),
        _l("What matters to you, also on a bad day?"),
        _l("A person, an animal, a promise, something still to see. It does not have to be big."),
        (
            _l("The dog does not understand where I am."),
            _l("I want to see the plum tree again."),
            _l("My sister’s wedding in spring."),
            _l("He does not get to have the last word."),
        ),
        (
            _l("Ask: “What would you miss?” It may be a small thing. Write it as it was said."),
            _l("Do not argue for living. Listen to what is already there."),
        ),
    ),
}

LIKELY: dict[str, Said] = {
    "surely": _l("I will"),
    "probably": _l("Probably"),
    "not-sure": _l("Not sure"),
}
FEELS: dict[str, Said] = {
    "hard": _l("Hard"),
    "bearable": _l("Bearable"),
    "all-right": _l("All right"),
}


def helped(times: int) -> str:
    """How often a line helped, in words as far as words go. Nothing for never: that is no news."""
    said = (
        "",
        _("This helped once."),
        _("This helped twice."),
        _("This helped three times."),
        _("This helped four times."),
        _("This helped five times."),
    )
    return said[times] if times < len(said) else _("This helped many times.")

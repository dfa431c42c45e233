"""The shelf: small things to try, each with what it is for, how it goes, where it comes from, and when to leave it.

Words and nothing else: no page of the shelf asks a question, keeps an answer or counts. A sentence of `steps` is as
long as one breath. `source` is what a reader is told and `backed_by` where a maintainer finds it: a rule of DOMAIN
with the sources that were read for it, or "ours" where nothing was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Said = str | Promise


@dataclass(frozen=True)
class Skill:
    """One thing on the shelf. `name` is its address; `drawn` stands on its page, `icon` on the shelf."""

    name: str
    kind: Literal["breath", "senses", "thinking"]
    title: Said
    note: Said
    icon: str
    what_for: tuple[Said, ...]
    steps: tuple[Said, ...]
    leave_out: tuple[Said, ...]
    source: Said
    backed_by: str
    drawn: str = ""
    careful: bool = False  # when to leave it out is said before how it goes
    paper: tuple[Said, ...] = ()  # what stands beside the lines to write on, once it is printed
    grid: bool = False


KINDS: Mapping[str, Said] = {
    "senses": _("To be here again"),
    "breath": _("With the breath"),
    "thinking": _("With a sheet of paper"),
}

_TRAUMA_SERVICES = _(
    "After the pages on grounding of services for people who lived through trauma, such as Blue Knot in "
    "Australia. The words are ours."
)

_SKILLS = (
    Skill(
        name="five-senses",
        kind="senses",
        title=_("Five, four, three, two, one"),
        note=_("what is here, one sense after another"),
        icon="five",
        what_for=(
            _("For when a memory or a worry is louder than the room you are in."),
            _("Slowly, aloud if you can, with your eyes open."),
        ),
        steps=(
            _("Five things you can see. The nearest, the farthest, something round."),
            _("Four things you can touch. The chair, your sleeve, the edge of the table, your own hand."),
            _("Three things you can hear. One far away, one in the room, one of your own."),
            _("Two things you can smell, or two smells you like."),
            _("One thing you can taste. A sip of water will do."),
            _("Look around once more. Say where you are, and what day it is."),
        ),
        leave_out=(
            _("If something in this room is part of what frightens you, go to another room first."),
            _("Smells can bring things back. You can leave smell and taste out and take sounds twice."),
        ),
        source=_TRAUMA_SERVICES,
        backed_by="DOMAIN 2.12 [S29]",
    ),
    Skill(
        name="feet",
        kind="senses",
        title=_("Feet on the floor"),
        note=_("on a bus, at a counter, in a corridor"),
        icon="feet",
        what_for=(
            _("For when you feel far away, or not quite in your own body."),
            _("Nobody beside you will notice."),
        ),
        steps=(
            _("Put both feet flat on the floor, in shoes or without."),
            _("Press the heels down, as if they could leave a print."),
            _("Now the toes."),
            _("Let go a little. The floor goes on holding you."),
            _("Feel what else carries you: the seat, the back of the chair, a wall."),
            _("Look around. Find a door, a window, a corner."),
            _("Say to yourself: I am here. Then the day, then the place."),
            _("Move your feet before you get up."),
        ),
        leave_out=(
            _("If keeping still is what frightens you, walk instead: ten steps, turn, and ten back."),
            _("If your feet hurt, two hands flat on a table do the same."),
        ),
        source=_TRAUMA_SERVICES,
        backed_by="DOMAIN 2.12 [S29]",
    ),
    Skill(
        name="cold-water",
        kind="senses",
        title=_("Cold water"),
        note=_("half a minute at a tap"),
        icon="water",
        what_for=(
            _("For when a feeling is so strong that words do not reach it."),
            _("Half a minute is enough. Longer is not better."),
        ),
        steps=(
            _("Go to a tap, or take a cool bottle in both hands."),
            _("Let the water run over your hands and your wrists."),
            _("Notice where it is coldest: the palms, the backs, between the fingers."),
            _("Turn your hands over, slowly."),
            _("If you like, lay a wet hand on your forehead or on the back of your neck."),
            _("Dry your hands, finger by finger."),
            _("Notice how they grow warm."),
        ),
        leave_out=(
            _(
                "Cool is enough. If you notice that you want it to hurt, turn the tap off; a "
                "person to talk to is the better choice now."
            ),
            _(
                "Leave it out with an illness of the heart, with fingers that turn white in "
                "the cold, and where water brings something back."
            ),
        ),
        source=_TRAUMA_SERVICES,
        backed_by="DOMAIN 2.12 [S29]; who leaves it out: general knowledge, to be read by somebody medical",
    ),
    Skill(
        name="walk",
        kind="senses",
        title=_("A walk with five things"),
        note=_("to the corner and back counts"),
        icon="shoes",
        what_for=(
            _("For thoughts that go round and round, and for evenings that are too long."),
            _("Ten minutes will do."),
        ),
        steps=(
            _("Tell somebody that you are going, if there is somebody. Put on your shoes."),
            _("Find something round."),
            _("Find something that moves, though nobody moves it."),
            _("Find a colour you would paint a door in."),
            _("Find a sound that is only there when you stand still."),
            _("Find something that was not there last week."),
            _("Go home by the other side of the street."),
            _("You can tell somebody about one of the five, or keep them."),
        ),
        leave_out=(
            _(
                "If you would be afraid of meeting somebody, do it from a window: the five "
                "things are there too."
            ),
            _("On a day when you do not trust yourself, ask somebody to come along."),
        ),
        source=_(
            "Ours. It puts together two things that such services suggest: to move, and to "
            "name what is around you."
        ),
        backed_by="ours, after DOMAIN 2.12 [S29]",
    ),
    Skill(
        name="body-scan",
        kind="senses",
        title=_("From the feet up, eyes open"),
        note=_("for the end of a day; every part can be left out"),
        icon="hills",
        what_for=(
            _("For when the body is tired and the head is not."),
            _("Ten minutes, or as far as you get. There is no falling behind."),
        ),
        steps=(
            _("Sit or lie where you can see the door. Let your open eyes rest on one thing."),
            _("Your feet. Warm or cold, light or heavy? Nothing has to change."),
            _("The calves, the knees. One word for each is enough."),
            _("The seat, the back. Where do they touch something?"),
            _("The hands. Open them, and let them lie."),
            _("The shoulders, the jaw. If they want to sink, let them."),
            _("A part that hurts, or says nothing, you pass by. You can go back to your feet at any time."),
            _("All of you at once, in this room."),
            _("Move your fingers and toes, look around, and take your time."),
        ),
        leave_out=(
            _(
                "Going through the body can wake what the body remembers. If a part does not "
                "feel safe, leave it out; if it grows, stop."
            ),
            _("In the middle of a fright it is too slow: feet on the floor, or the senses, do more then."),
        ),
        source=_(
            "After the teaching of mindfulness, in the form it is given to people who lived "
            "through trauma: eyes open, short, free to leave. It is no course and takes the "
            "place of none."
        ),
        backed_by="DOMAIN 2.12 [S30] for eyes open and stopping; the exercise itself: general knowledge",
    ),
    Skill(
        name="long-breath",
        kind="breath",
        title=_("A longer breath out"),
        note=_("three in, five out, nothing held"),
        icon="leaf",
        drawn="circle",
        what_for=(
            _("For when everything is too fast: the heart, the thoughts, the words."),
            _("Two minutes, or one breath if that is all there is."),
        ),
        steps=(
            _("Sit or stand so that your belly has room. Keep your eyes open."),
            _("Let the air in while you count to three."),
            _("Let it out while you count to five, as if you were cooling a cup of tea."),
            _("Nothing is held in between. The next breath comes by itself."),
            _("Six or seven times. Or once."),
            _("If three and five do not fit you, take two and three. The way out is the longer one."),
        ),
        leave_out=(
            _(
                "For some people, watching the breath makes the fright worse. If you grow "
                "dizzy, tingly or further away, stop: the senses are the better tool today."
            ),
            _(
                "If it is hard to get air, or your chest hurts, that is for a doctor or the "
                "emergency number, not for an exercise."
            ),
        ),
        source=_TRAUMA_SERVICES,
        backed_by="DOMAIN 2.12 [S29; S30]",
    ),
    Skill(
        name="five-fingers",
        kind="breath",
        title=_("Breathing along five fingers"),
        note=_("no counting, and something for the hands to do"),
        icon="hand",
        drawn="fingers",
        what_for=(
            _("For when counting is too much, or your hands shake."),
            _("It works under a table, too."),
        ),
        steps=(
            _("Lay one hand in front of you or on your leg, the fingers a little apart."),
            _("Put a finger of the other hand at the foot of your thumb."),
            _("Go up along the thumb, and breathe in."),
            _("Go down on its other side, and breathe out: slower than on the way up."),
            _("The next finger: up and in, down and out."),
            _("Look at your hand. Notice the finger that touches, and the one that is touched."),
            _("At the little finger it has been five breaths. You can go back the same way, or stop."),
        ),
        leave_out=(
            _(
                "If the breath is what frightens you, go along the fingers without minding "
                "it. Only the touch, only the looking."
            ),
            _("If touch is too much today, leave it out."),
        ),
        source=_(
            "Handed on in schools, wards and groups; we do not know who began it. The slow "
            "way out and the touch are what trauma services describe."
        ),
        backed_by="the form: general knowledge; its two parts: DOMAIN 2.12 [S29]",
    ),
    Skill(
        name="square",
        kind="breath",
        title=_("Breathing in a square"),
        note=_("it holds the breath, so it is not for everybody"),
        icon="square",
        drawn="box",
        careful=True,
        what_for=(
            _("For those who like an even beat, and already know that holding the breath suits them."),
            _(
                "Some have it from work or from sport. If you do not know it yet, take the "
                "longer breath out instead."
            ),
        ),
        steps=(
            _("In, while you count to four."),
            _("Hold, gently, to four. The shoulders low, the jaw loose."),
            _("Out, to four."),
            _("Wait, to four."),
            _("Round again. Four rounds are plenty."),
            _(
                "If four is long, take three. Or leave the holding out: then it is a slow "
                "breath, and that is enough."
            ),
        ),
        leave_out=(
            _(
                "If there was ever a time when you could not breathe, or could not get away, "
                "holding the breath can bring it back."
            ),
            _(
                "Leave it out in the middle of a fright, while pregnant, and with an illness "
                "of the heart or the lungs."
            ),
        ),
        source=_(
            "Services for people who lived through trauma name it as one way among several. "
            "That it stands last here is our choice."
        ),
        backed_by="DOMAIN 2.12 [S29]; who leaves it out: general knowledge, to be read by somebody medical",
    ),
    Skill(
        name="hard-choice",
        kind="thinking",
        title=_("Weighing a hard choice"),
        note=_("for and against, now and later"),
        icon="balance",
        what_for=(
            _("For a choice that goes round in your head. On paper it stands still."),
            _(
                "Nothing is typed here and nothing is kept. Print this page, or draw the four "
                "boxes on any sheet."
            ),
        ),
        steps=(
            _("Write the choice as one sentence. Only one, and one that is yours to make."),
            _("Begin with the box that is easiest."),
            _("Later is what you say it is: a month, a year."),
            _("Write down what you feel, too. It weighs as much as a reason."),
            _("Mark the two that weigh most. They need not be the longest."),
            _("Leave it for a night. Nothing has to be decided today."),
            _("If you show it to somebody, ask what they see, before you ask what they would do."),
        ),
        leave_out=(
            _(
                "In the worst hour every choice looks different than after sleep, food and "
                "company. It can wait that long."
            ),
            _(
                "It is not made for the question whether to go on living. That one is not for "
                "a sheet of paper: talk to a person now."
            ),
            _(
                "Paper can be found. If somebody looks through your things, draw it at a "
                "friend’s place and leave it there."
            ),
        ),
        source=_(
            "A sheet with for and against is old and belongs to nobody; in counselling, now "
            "and later stand beside each other. We have no study to name for it."
        ),
        backed_by="ours; the form: general knowledge",
        paper=(_("The choice"),),
        grid=True,
    ),
    Skill(
        name="telling-somebody",
        kind="thinking",
        title=_("How do I tell somebody?"),
        note=_("who, when, the first sentence, and afterwards"),
        icon="talk",
        what_for=(
            _(
                "For a conversation you have been carrying about: with a friend, a sister, a "
                "doctor, somebody at work."
            ),
            _("Nothing is typed here and nothing is kept. You can print this page and write on it."),
        ),
        steps=(
            _("Who. One person: somebody who listened well before, even to something small."),
            _(
                "When and where. With time, and without an audience. Side by side, on a walk "
                "or over the washing-up, is easier than face to face."
            ),
            _("How much. That is yours to say. One sentence is a beginning, and you can stop after it."),
            _(
                "The first sentence. For instance: “I want to tell you something, and you "
                "don’t have to solve it.”"
            ),
            _(
                "What you would like from them. To listen, to come along, to ask again on "
                "Sunday. People often guess wrong, so say it first."
            ),
            _(
                "Whether it stays between you. Ask before you tell. A doctor, a teacher or a "
                "superior may have to pass some things on."
            ),
            _(
                "If it goes badly. They may go quiet, be frightened, or say something clumsy. "
                "That is theirs, and says nothing about you."
            ),
            _("Afterwards. Something kind, arranged beforehand, however it went."),
        ),
        leave_out=(
            _(
                "If it could reach somebody who would hurt you for it, talk to a line about "
                "violence first. They know how to go about it."
            ),
            _("If it cannot wait until you are prepared, leave the sheet out: any person, any words."),
        ),
        source=_("Ours, from what people in peer support tell each other. No study stands behind it."),
        backed_by="ours",
        paper=(
            _("Who"),
            _("When and where"),
            _("My first sentence"),
            _("What I would like from them"),
            _("If it goes badly, I"),
            _("Afterwards, I"),
        ),
    ),
)

SHELF: Mapping[str, Skill] = {skill.name: skill for skill in _SKILLS}


def by_kind() -> list[tuple[Said, list[Skill]]]:
    """Everything on the shelf, board by board."""
    return [(title, [skill for skill in _SKILLS if skill.kind == kind]) for kind, title in KINDS.items()]

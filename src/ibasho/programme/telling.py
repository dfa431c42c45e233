"""What a person is told before they join: ten things, one by one (DOMAIN 4.2).

The words are ours, the facts are the programme's own. While a fact is not written down yet, the sentence
says that, rather than leaving it out. Nothing here promises more than is true: never "completely
confidential", never "privileged".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from ibasho.programme.records import Duty, Programme

# Changing one of these changes what people were told, so it raises the programme's telling number.
TOLD = (
    "run_by",
    "server_place",
    "keys_held_by",
    "employer",
    "hours",
    "outside_hours",
    "duties",
    "no_duties",
    "if_suicide",
    "retention",
    "backup_days",
    "above_helpers",
)


@dataclass(frozen=True)
class Point:
    """One thing to understand: a name for its tick, a heading, and plain sentences."""

    key: str
    title: str
    sentences: tuple[str, ...]
    items: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def points(now: Programme) -> list[Point]:
    """The ten things, in their order."""
    return [replace(point, sentences=tuple(dict.fromkeys(point.sentences))) for point in _points(now)]


def _points(now: Programme) -> Iterator[Point]:
    yield Point(
        "who",
        _("Who runs this, and who can see what"),
        (
            _said(now.run_by, _("This is run by %(who)s."), "who"),
            _said(now.server_place, _("The server stands here: %(place)s."), "place"),
            _said(now.keys_held_by, _("The keys of the machine and the back-ups are with %(who)s."), "who"),
            _(
                "What you write is locked with your own words. On the disk, in the database and in the "
                "back-ups nobody can read it, and nobody can find your name. Other people here see only what "
                "you share with them."
            ),
            _(
                "While the machine is running, somebody who takes it over can read what passes through it "
                "from then on. We cannot protect you from a host who changes the program."
            ),
        ),
    )
    yield Point(
        "what",
        _("What this is, and what it is not"),
        (
            _(
                "This is peer support: people who know such days from the inside, beside each other. It is "
                "no treatment and no crisis service, and nobody is on watch."
            ),
            _said(now.hours, _("A person answers in these hours: %(hours)s."), "hours"),
            _said(now.outside_hours, _("Outside those hours: %(what)s"), "what"),
        ),
    )
    yield Point(
        "stays",
        _("What stays here"),
        (_("What is said here stays here. Everybody promises that, and nobody can be made to keep it."),),
    )
    yield _what_cannot_stay(now)
    yield _what_is_required(now)
    yield Point(
        "court",
        _("What a court may ask"),
        (
            _(
                "In most places the law does not protect talk with a peer the way it may protect talk with a "
                "lawyer or a doctor. A court may order it to be told."
            ),
            _("We keep little, so that there is little to hand over."),
            _said(now.retention, _("How long things are kept: %(how)s"), "how"),
        ),
    )
    yield Point(
        "employer",
        _("Your employer"),
        (_said(now.employer, "%(line)s", "line"),),
    )
    yield Point(
        "leaving",
        _("If you go quiet, or want to leave"),
        (
            _(
                "If you go quiet, or do not come to a group, nothing goes out by itself and nobody is told, unless you "
                "yourself have agreed with a friend that a message of yours does."
            ),
            _said(now.if_suicide, _("If you speak of suicide: %(what)s"), "what"),
            _(
                "You can leave at any time, take everything along, and erase it yourself. What cannot be erased: "
                "what others remember, what was printed, and sealed back-ups, which are gone after %(days)s days."
            )
            % {"days": now.backup_days},
        ),
    )
    yield Point(
        "above",
        _("No recording, and who is above the helpers"),
        (
            _(
                "Recording is not allowed here: no sound, no pictures, no screens. Everybody promises that, "
                "and nobody can be made to keep it."
            ),
            _said(
                now.above_helpers, _("If somebody who helps here does not treat you well: %(what)s"), "what"
            ),
        ),
    )
    yield Point(
        "name",
        _("Your name, and your age"),
        (
            _("No real name is needed. You are here under a name you choose."),
            _("This place is for adults. With your tick you say that you are 18 or older."),
        ),
    )


def _what_cannot_stay(now: Programme) -> Point:
    if now.duties:
        sentences = (_("These things cannot stay here:"),)
    elif now.no_duties:
        sentences = (_("Whoever runs this has looked into it, and names nothing that has to be passed on."),)
    else:
        sentences = (_not_written(),)
    after = (_("You will be told first, wherever that is safe."),)
    return Point("cannot", _("When something cannot stay here"), sentences, _listed(now.duties), after)


def _what_is_required(now: Programme) -> Point:
    required = tuple(duty for duty in now.duties if duty.required)
    ask = _("Laws differ from place to place, and they change. You can ask before you tell something.")
    if required:
        first = _("The law, or a helper's own job, asks for these to be reported:")
    elif not (now.duties or now.no_duties):
        first = _not_written()
    else:
        first = _(
            "The law, or a helper's own job, may ask them to report some things. Nothing of that kind is named here."
        )
    title = _("What helpers may have to report")
    return Point("report", title, (first,), tuple(duty.what for duty in required), (ask,))


def _listed(duties: tuple[Duty, ...]) -> tuple[str, ...]:
    decided = _("%(what)s. Who decides: %(who)s.")
    return tuple(
        decided % {"what": duty.what.rstrip("."), "who": duty.who_decides.rstrip(".")}
        if duty.who_decides
        else duty.what
        for duty in duties
    )


def _said(fact: str, sentence: str, name: str) -> str:
    fact = fact.strip()
    if not fact:
        return _not_written()
    if sentence.endswith("s."):  # the sentence has a full stop of its own
        fact = fact.rstrip(".")
    return sentence % {name: fact}


def _not_written() -> str:
    return _("Some of this is not written down yet.")

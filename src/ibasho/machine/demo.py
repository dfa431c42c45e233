"""A programme of twelve invented people, with four months of days, for `ibasho demo`, the bench and pictures.

Nobody here is real and nothing here is secret: the words below are printed for everybody to read, so a real
person must never write in such a programme. The same day writes the same days again.
"""

import datetime as dt
import importlib
import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import msgspec

from ibasho import vault
from ibasho.asks import access as asks_access
from ibasho.asks import actions as asks
from ibasho.asks.days import every_day, slots_of
from ibasho.circle import access as circle_access
from ibasho.circle import actions as circle
from ibasho.keepsakes import actions as keepsakes
from ibasho.keepsakes.pictures import Picture
from ibasho.keepsakes.records import Keepsake
from ibasho.keepsakes.sizes import LARGE_SIDE, SMALL_SIDE
from ibasho.knock import access as knock_access
from ibasho.knock import actions as knock
from ibasho.knock import words as knock_words
from ibasho.machine import demo_texts
from ibasho.people import access as people_access
from ibasho.people import actions as people
from ibasho.people.records import Agreement
from ibasho.plan import access as plan_access
from ibasho.plan import actions as plan
from ibasho.plan.records import Step
from ibasho.programme.days import today as calendar_day
from ibasho.programme.records import Duty, Programme, altered
from ibasho.safekeeping import access as safekeeping_access
from ibasho.safekeeping import actions as safekeeping
from ibasho.safekeeping.records import PutAway
from ibasho.today import access as today_access
from ibasho.today import actions as today
from ibasho.today.records import SIGNS, Day, TodayWishes

SEED = 20261122
DAYS = 120

PROGRAMME = Programme(
    cover="Kettle",
    run_by="an invented group of friends, who meet on Thursdays in the back room of an invented café",
    country="GB",
    server_place="on the machine that you are trying this on",
    keys_held_by="you, and nobody else",
    employer="No employer runs, pays for or sees any of this.",
    hours="Thursdays from 18 to 21, if these people existed",
    outside_hours="Nobody here is real, so nobody here answers. The lines on the help page are real people.",
    duties=(
        Duty(what="A child is being harmed", who_decides="Daniel, with the supervisor", required=True),
        Duty(what="Somebody says that they will hurt another person", who_decides="Daniel", required=False),
    ),
    if_suicide=(
        "We ask plainly, we stay, and we call a line together if you want. Nobody is called behind your back, "
        "unless a life is in danger and there is no time to talk."
    ),
    supervisor="an invented counsellor",
    emergency_contact="You are running this yourself.",
    retention="Days are kept for 90 days, or a year where somebody chose that. Delete the folder and all is gone.",
    backup_owner="nobody: a demo keeps no back-up",
    when_away="The kettle is off, and so is this.",
    above_helpers="The invented counsellor. You can talk to her about anybody here.",
    telling=1,
    saved=1,
)


@dataclass(frozen=True)
class Person:
    """Somebody invented, and how their weeks tend to go. Levels are steps, from 0, heavy, to 3, light."""

    name: str
    role: str
    words: str
    level: float = 1.6
    swing: float = 0.6  # how far a slow wave carries it up and down
    wave: int = 40  # days from one stretch to the next
    shifts: int = 0  # every so many days a short night; 0 for somebody who sleeps when others do
    silence: float = 0.05  # how easily a few blank days begin
    writes: float = 0.35  # how often there is a line
    finds: float = 0.6  # how often there is a good thing
    leaves_out: tuple[str, ...] = ("urges",)  # what this person mostly does not answer
    urges: bool = False
    one_question: bool = False


PEOPLE = (
    Person("Daniel", "facilitator", "lighthouse oatmeal cedar harmonica pillow copper robin", 2.1, 0.3),
    Person("Tom", "helper", "walnut drizzle banjo orchard mitten saffron umbrella", 1.9, 0.4, 55),
    Person("Mia", "member", "paper lantern juniper violin meadow spoon", 1.2, 0.8, 46, shifts=4, urges=True),
    Person("Aya", "member", "almond stream fiddle poppy garden velvet", 2.0, 0.4, finds=0.75),
    Person("Noor", "member", "breeze thimble cocoa starfish hedge lilac", 1.5, shifts=3, writes=0.2),
    Person("Ines", "member", "quilt marigold anchor pebble nutmeg sparrow", 1.3, 0.9, 33),
    Person("Jonas", "member", "barley otter gallery ribbon lemon spruce", 1.0, 0.5, silence=0.14, finds=0.3),
    Person("Ruth", "member", "canary biscuit willow lagoon tulip ladle", 2.2, 0.3, finds=0.8),
    Person("Kofi", "member", "cobalt valley pencil mango cricket ivory", 1.7, shifts=5, silence=0.08),
    Person("Lena", "member", "jigsaw robin clover fountain scarf waffle", 1.4, 0.8, 28),
    Person("Pavel", "member", "gravel dolphin parsley silk bamboo turtle", 1.1, silence=0.18, finds=0.4),
    Person("Sana", "member", "apricot pond clarinet rosemary blanket jasmine", one_question=True),
)

# Who is in whose circle, and what they are shown.
FRIENDS: tuple[tuple[str, str, dict[str, tuple[str, ...]]], ...] = (
    ("Mia", "Aya", {"plan": ("alone", "matters"), "good": (), "signal": ()}),
    ("Mia", "Tom", {"signal": ()}),
    ("Lena", "Ines", {"mood": ()}),
    ("Ines", "Lena", {}),
)

# Where a sign usually stands beside somebody's level: food before the rest, company last.
BESIDE = {"sleep": -0.2, "meals": 0.5, "washing": 0.4, "company": 0.0, "mood": 0.0}
SAID = """
A programme of invented people, in {data}. Nobody is real here, and their words are known to everybody:
never write anything true in it. Delete the folder to be rid of it. To sign in:
"""


def make_demo(data: Path, run: Path) -> list[tuple[str, str, str]]:
    """A whole invented programme lies in `data`. Gives name, role and words of everybody in it."""
    vault.configure(data, run, make=True)
    return fill()


def fill() -> list[tuple[str, str, str]]:
    """The vault that is open holds the invented programme. Gives name, role and words of everybody."""
    django.setup()
    importlib.import_module("ibasho.urls")  # every room is there, and has said what it can show
    # Not through the set-up page: there somebody confirms that they looked at the lines, and nobody has.
    opened_on = today_access.today_of(TodayWishes()) - dt.timedelta(days=DAYS + 1)
    vault.set_setting("programme", altered(PROGRAMME, opened_on=opened_on))
    host: vault.Space | None = None
    spaces: dict[str, vault.Space] = {}
    for person in PEOPLE:
        space = spaces[person.name] = _come(person, host, opened_on)
        host = host or space
        for day, record in days_of(person, today_access.today_of(TodayWishes())):
            today.keep_day(space, day=day, record=record, seen=0)
        write_plan(space, person.name)
        if person.name == "Mia":
            fill_keepsakes(space)
    assert host is not None
    vault.take_in_answers(host)
    make_friends(spaces)
    if {"Mia", "Aya", "Tom"} <= spaces.keys():
        make_promises(spaces["Mia"], spaces["Aya"], spaces["Tom"])
    return cast()


def make_friends(spaces: dict[str, vault.Space]) -> None:
    """Whoever has friends in this programme has them in their circle, and shows them something."""
    until = calendar_day() + dt.timedelta(days=7)
    for one, other, shown in FRIENDS:
        if one not in spaces or other not in spaces:
            continue
        space = spaces[one]
        words = circle.invite(space, name=other)
        vault.accept(spaces[other], vault.look_at_invitation(words))
        circle.come_in(space)
        circle.come_in(spaces[other])
        contact = next(found.id for found in vault.contacts(space) if found.name == other)
        for thing, choice in shown.items():
            circle.show(space, contact, thing, until=until, choice=choice)


def make_promises(mia: vault.Space, aya: vault.Space, tom: vault.Space) -> None:
    """Mia's friends do for her what friends do: two evenings, a box, a line, and a promise for if she goes quiet."""
    ids = {one.name: one.id for one in circle_access.choices(mia)}
    with_aya = circle_access.beside(aya)[0].id

    day = calendar_day()
    evenings = slots_of(every_day(day, day + dt.timedelta(days=4)), ["evening"], None)
    asks.ask(
        mia,
        what=demo_texts.ASK,
        note=demo_texts.ASK_NOTE,
        slots=evenings,
        people=list(ids.values()),
        rings=False,
    )
    for friend, evening, line in ((aya, 1, demo_texts.SOUP), (tom, 3, "")):
        view = asks_access.asked_of(friend)[0]
        asks.take(friend, view.id, slot=view.slots[evening].key)
        if line:
            asks.say_beside(friend, view.id, slot=view.slots[evening].key, line=line)

    record = PutAway(
        label=demo_texts.BOX,
        keeper="Tom",
        keeper_id=ids["Tom"],
        decides_with="Tom",
        since=day,
        if_keeper_goes=demo_texts.BOX_IF_TOM_GOES,
    )
    safekeeping.entrust(mia, safekeeping.put_away(mia, record=record), line=demo_texts.BOX_LINE)
    kept = safekeeping_access.keeping(tom)[0].id
    safekeeping.accept(tom, kept)
    safekeeping.confirm(tom, kept)

    text = knock_words.text(ally="Aya", me="Mia")
    knock.draft(mia, first=ids["Aya"], door="safe", text=text, hows=("call", "door"), no_bell=True)
    knock.ask(mia)
    knock.answer(aya, with_aya, mark=knock_access.asked_by(aya, with_aya).mark, yes=True)
    knock.renew(mia)

    circle.tell(mia, (ids["Aya"],), line=demo_texts.TOLD)
    circle.answer(aya, with_aya, mark=circle_access.heard(aya)[0].mark, answer="calling")


def write_plan(space: vault.Space, name: str) -> None:
    """Whoever has a plan in these texts has it in their place."""
    for part, lines in demo_texts.PLANS.get(name, {}).items():
        steps = tuple(Step(plan.new_id(), *line) for line in lines)
        plan.keep_part(space, name=part, steps=steps, seen=plan_access.mark_of(()))


def fill_keepsakes(space: vault.Space) -> None:
    """A few things that somebody invented would keep: words, a song, and a drawing."""
    since = dt.datetime.combine(today_access.today_of(TodayWishes()), dt.time(12), dt.UTC)
    for number, said in enumerate(demo_texts.KEEPSAKES):
        record = msgspec.convert(said | {"added_at": since - dt.timedelta(days=9 * number + 2)}, Keepsake)
        picture = _a_drawing() if record.sort == "picture" else None
        keepsakes.keep(space, key=f"{number:016x}", record=record, picture=picture)


def _a_drawing() -> Picture:
    """A house at dusk with one lit window, in flat colours."""
    from PIL import Image, ImageDraw  # only here: the programme itself never loads what reads pictures

    drawing = Image.new("RGB", (1200, 900), (58, 62, 92))
    pen = ImageDraw.Draw(drawing)
    pen.ellipse((860, 110, 960, 210), fill=(243, 233, 208))
    pen.polygon([(0, 640), (380, 520), (760, 630), (1200, 500), (1200, 900), (0, 900)], fill=(44, 48, 66))
    pen.polygon([(300, 560), (600, 330), (900, 560)], fill=(122, 86, 66))
    pen.rectangle((350, 560, 850, 780), fill=(150, 108, 80))
    pen.rectangle((540, 600, 660, 720), fill=(240, 190, 112))
    pen.line([(600, 600), (600, 720)], fill=(122, 86, 66), width=8)
    written = []
    for side in (LARGE_SIDE, SMALL_SIDE):
        sized, out = drawing.copy(), io.BytesIO()
        sized.thumbnail((side, side))
        sized.save(out, "JPEG", quality=75)
        written.append(out.getvalue())
    return Picture(*drawing.size, *written)


def cast() -> list[tuple[str, str, str]]:
    """Name, role and words of everybody."""
    return [(person.name, person.role, person.words) for person in PEOPLE]


def say_words(data: Path) -> None:
    """Print the words of everybody, and that they are nobody's."""
    print(SAID.format(data=data))
    for name, role, words in cast():
        print(f"    {name:8}{role:13}{words}")
    print(flush=True)


def days_of(person: Person, until: dt.date) -> Iterator[tuple[dt.date, Day]]:
    """The days that somebody wrote about, in the months before a day; the same for the same day."""
    chance = random.Random(f"{SEED} {person.name}")  # noqa: S311 invented people need no secrets
    texts = {form: _own_order(person, chance, lines) for form, lines in _TEXTS.items()}
    drift, blank, start = 0.0, 0, chance.uniform(0, 2 * math.pi)
    for number in range(DAYS):
        day = until - dt.timedelta(days=DAYS - number)
        drift = 0.6 * drift + chance.gauss(0, 0.35)
        level = person.level + person.swing * math.sin(start + 2 * math.pi * number / person.wave) + drift
        blank = (
            blank - 1 if blank > 0 else chance.choice((1, 2, 2, 3, 6)) * (chance.random() < person.silence)
        )
        if blank or chance.random() < 0.08:
            continue
        yield day, _day(person, chance, level, number, day, texts)


def _day(
    person: Person,
    chance: random.Random,
    level: float,
    number: int,
    day: dt.date,
    texts: dict[str, list[str]],
) -> Day:
    said: dict[str, str] = {}
    for sign, beside in BESIDE.items():
        short_night = person.shifts and number % person.shifts == 0 and sign == "sleep"
        step = round(level + beside - 1.2 * bool(short_night) + chance.gauss(0, 0.4))
        if chance.random() > (0.75 if sign in person.leaves_out else 0.06):
            said[sign] = SIGNS[sign][min(3, max(0, step))]
    if day.weekday() == 3 and chance.random() < 0.7:
        said["company"] = SIGNS["company"][chance.choice((2, 3, 3))]  # Thursdays, in the back room
    if person.urges:
        said["urges"] = "passing" if level < 0.5 and chance.random() < 0.3 else "none"
    if chance.random() < person.writes:
        said["line"] = texts["line"][number % len(texts["line"])]
    if chance.random() < person.finds:
        form = chance.choices(("like", "got-through", "someone-said"), (5, 2 + 3 * (level < 1), 2))[0]
        said["good_form"] = form
        said["good"] = texts[form][number % len(texts[form])]
    elif chance.random() < 0.15:
        said["good_form"] = "nothing"
    return msgspec.convert(said, Day) if said else Day(mood=SIGNS["mood"][1])


_TEXTS = {
    "like": demo_texts.LIKE,
    "got-through": demo_texts.GOT_THROUGH,
    "someone-said": demo_texts.SOMEONE_SAID,
    "line": demo_texts.LINES,
}


def _own_order(person: Person, chance: random.Random, lines: tuple[str, ...]) -> list[str]:
    others = [line for line in lines if person.name not in line]
    return chance.sample(others, len(others))


def _come(person: Person, host: vault.Space | None, since: dt.date) -> vault.Space:
    """Somebody joins as people do, with an invitation; their place looks as if they had been here a while."""
    words = (
        people.give_invitation(host, kind=person.role, name=person.name)
        if host
        else vault.host_invite(person.role)
    )
    space = people.join(
        people.look_at(words), person.words, name=person.name, language="en", agreed=PROGRAMME.telling
    )
    people.change_profile(
        space,
        joined_on=since,
        agreed=Agreement(PROGRAMME.telling, since),
        shown_around=True,
        practised=True,
    )
    assert people_access.profile(space).roles == (person.role,)
    today.keep_wishes(
        space,
        wishes=TodayWishes(keep_days=365, urges_on=person.urges, one_question=person.one_question),
    )
    return space

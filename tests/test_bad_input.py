"""Whatever is typed or sent, at every form: never a broken page, nothing typed is lost, and a kind sentence.

The forms are found on the pages themselves, so that a new field is tried as well.
"""

import html
import io
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote_plus

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import BOUNDARY

from ibasho import vault
from ibasho.asks.records import Ask
from ibasho.bell.records import Address, BellWishes
from ibasho.circle import access as circle_access
from ibasho.circle import actions as circle
from ibasho.circle.records import Circle, Friend, Grant, Reply, TellWishes, Told
from ibasho.keepsakes import access as keepsakes
from ibasho.keepsakes.actions import erase as erase_keepsake
from ibasho.keepsakes.actions import keep as keep_keepsake
from ibasho.keepsakes.records import Keepsake
from ibasho.knock.forms import STEPS
from ibasho.people.records import Standing
from ibasho.plan.access import USES, mark_of, part_of, uses_of
from ibasho.plan.actions import erase_plan, keep_part
from ibasho.plan.records import PlanUses, Step
from ibasho.programme import telling
from ibasho.programme.days import today as calendar_day
from ibasho.programme.records import Programme
from ibasho.safekeeping.actions import entrust
from ibasho.safekeeping.records import Entrusted, KeeperWord, PutAway
from ibasho.today.actions import erase_day, keep_day
from ibasho.today.records import Day
from ibasho.urls import urlpatterns
from ibasho.vault import clock as vault_clock
from ibasho.vault import sessions
from ibasho.web.addresses import address
from tests.support import asking
from tests.support.friends import ALLY, FRIEND, be_friends
from tests.support.named import ARGUMENTS
from tests.support.person import Answer, Form
from tests.support.silences import asks, is_asked

NASTY = {
    "nothing": b"",
    "spaces": b"   \t ",
    "oversize": b"a" * 100_000,
    "long": b"zebra " * 600,
    "nul": b"zebra\0canary",
    "control": b"zebra\x07\x1b[31m\x7f\xc2\x85canary",
    "surrogate": b"zebra\xed\xa0\x80canary",
    "not utf-8": b"zebra\xff\xfe\x80canary",
    "utf-16": "zebra".encode("utf-16"),
    "turned round": "zebra\u202ecanary\u2066\u200f".encode(),
    "stacked": ("z" + "\u0301" * 400).encode(),
    "astral": "\U0001f9a6\U000e0001\ufeff\U0010ffff".encode(),
    "markup": b"<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>",
    "template": b"{{ 7 * 7 }}{% raise %}${7*7}%(name)s%n",
    "header": b"zebra\r\nSet-Cookie: zebra=1\r\n\r\n<html>",
    "sql": b"'; DROP TABLE box; --",
    "path": b"../../../../etc/passwd",
    "negative": b"-1",
    "huge": b"9" * 60,
    "not a number": b"NaN",
    "other digits": "٣٤٥".encode(),
    "no such day": b"2026-02-31",
    "first day": b"0001-01-01",
    "last day": b"9999-12-31",
    "before days": b"-2026-01-01",
    "zebra": b"zebra",
}

A_KEEPSAKE = "0a" * 8

# What a framework says when nobody gave it better words.
UNKIND = re.compile(
    r"Ensure this|Enter a |Select a valid|This field|is not one of|Invalid|invalid \w|[Ee]rror|must "
)

# Something Mia put away, and her plan, before each page is opened.
TIN = ARGUMENTS["thing"]
PLAN = {"alone": Step("0a0a0a0a", "A walk."), "people": Step("0b0b0b0b", "Aya", "07700 900317", "Ring me?")}

GOOD_ANSWERS = {200, 204, 303, 400, 401, 403, 404, 409, 413, 422, 429}


class House:
    """Pages with forms, each fetched fresh."""

    def __init__(self, programme, spaces, words, client, clock):
        self.programme, self.spaces, self.words, self.client, self.clock = (
            programme,
            spaces,
            words,
            client,
            clock,
        )
        self.began = clock.at
        self.as_it_was = ""

    def fresh(self, who=""):
        """The same things are there as at first. Gives a browser of somebody, or of nobody."""
        self.clock.set(self.began)
        shutil.rmtree(self.programme.run / "tries", ignore_errors=True)
        opened = Programme(run_by="The Thursday people", country="GB", opened_on=self.began.date())
        if vault.setting("programme", Programme) != opened:
            vault.set_setting("programme", opened)
        if (
            self._last_change() != self.as_it_was
        ):  # every save changes the manifest: without one, all is as it was
            self._put_right(self.spaces["mia"])
            self.as_it_was = self._last_change()
        if who == "waiting":
            self._wait_anew()
        browser = type(self.client)()
        return self.client.of(self.spaces[who], self.words[who]) if who else browser

    def _wait_anew(self):
        """Somebody who lost their words has just begun to wait."""
        if "waiting" in self.spaces:
            with suppress(vault.VaultError):
                vault.stop_waiting(vault.Space(vault.current(), self.spaces["waiting"]._root))
        self.words["waiting"] = vault.new_words()
        self.spaces["waiting"] = vault.make_waiting_place(self.words["waiting"])

    def _last_change(self):
        return vault.Space(vault.current(), self.spaces["mia"]._root).seal_words()

    def _put_right(self, mia):
        erase_day(mia, day=self.began.date())
        for number in (19, 20):
            erase_day(mia, day=self.began.date().replace(day=number))
        keep_day(mia, day=self.began.date().replace(day=20), record=Day(line="A line.", mood="low"), seen=0)
        for name, step in PLAN.items():
            if part_of(mia, name).steps != (step,):
                erase_plan(mia)
                for again, there in PLAN.items():
                    keep_part(mia, name=again, steps=(there,), seen=mark_of(()))
        kept = mia.find(PutAway, f"things/{TIN}")
        if kept is None or kept.record != PutAway(label="the tin", keeper="Aya"):
            mia.put(PutAway(label="the tin", keeper="Aya"), at=f"things/{TIN}")
        for key in mia.keys(PutAway, "things"):
            if key != TIN:
                mia.forget(PutAway, f"things/{key}")
        if uses_of(mia) != PlanUses():
            mia.put(PlanUses(), at=USES)
        for view in keepsakes.keepsakes_of(mia):
            erase_keepsake(mia, key=view.id)
        put_right_a_circle(mia, self.spaces["aya"], self.spaces["daniel"])
        mia.set_own(BellWishes(mail=Address("0a" * 6, "m.otter@example.org", self.began.date())))
        for number, name in enumerate(("noor", "sol"), 1):
            be_friends(mia, self.spaces[name], known_as=f"{number}a" * 8, knows=FRIEND, name=name.title())
        put_right_what_is_kept(mia, self.spaces["daniel"])
        record = Keepsake(sort="song", added_at=self.began, title="The slow one")
        keep_keepsake(mia, key=A_KEEPSAKE, record=record)


def put_right_a_circle(mia, aya, daniel):
    """Aya is Mia's ally, and sees a word of hers; Mia is Daniel's, who has just asked her to call."""
    be_friends(mia, aya, known_as=ALLY, knows=FRIEND)
    be_friends(daniel, mia, known_as=ALLY, knows=FRIEND, name="Mia")
    day = calendar_day()
    friend = Friend(grants={"mood": Grant(said_on=day, until=day)})
    if circle_access.circle_of(mia) != Circle(friends={ALLY: friend}, stepped_back=("Tom",)):
        mia.set_own(Circle(stepped_back=("Tom",)))
        circle.show(mia, ALLY, "mood", until=day)
    for invited, _due in circle_access.invited(mia):
        circle.withdraw(mia, invited.id.hex())
    for link in circle_access.links(mia):
        circle.end_link(mia, link.id)
    mia.set_own(TellWishes())
    for kind, chapter in ((Told, "told"), (Reply, "reply")):
        for key in mia.keys(kind, chapter):
            mia.forget(kind, f"{chapter}/{key}")
    circle.tell(daniel, (ALLY,), line="Can you call me?")
    asks(mia, ALLY)
    is_asked(mia, FRIEND, daniel, ALLY)
    for name in vault.circles_of(mia, Ask.kind):
        if name != asking.OWN:
            vault.close_circle(mia, name)
    asking.put_ask(mia, asking.OWN, [ALLY], "0d" * 16)
    asking.put_ask(daniel, asking.HERS, [ALLY], asking.ASKED)


def put_right_what_is_kept(mia, daniel):
    """Daniel asks Mia to keep a tin, and somebody said five words to her."""
    if daniel.find(PutAway, f"things/{TIN}") is None:
        daniel.keep(PutAway(label="the tin", keeper="Mia", keeper_id=ALLY), at=f"things/{TIN}")
    if daniel.find(Entrusted, f"entrusted/{TIN}") is None:
        entrust(daniel, TIN)
    for key in mia.keys(KeeperWord, "keeping"):
        mia.forget(KeeperWord, f"keeping/{key}")
    for key in mia.keys(Standing, "standing"):
        mia.forget(Standing, f"standing/{key}")
    mia.keep(Standing(began=vault_clock.instant()), at=f"standing/{ALLY}")
    vault.end_friends(mia)


def people(mia, aya, daniel):
    """Who is in the house; Noor and Sol are friends of Mia's, so that she has three."""
    more = {name: vault.make_space(vault.new_words()) for name in ("noor", "sol")}
    return {"mia": mia, "aya": aya, "daniel": daniel} | more


@dataclass
class Open:
    """A page that is open in a browser."""

    browser: Client
    answer: Answer

    @property
    def forms(self):
        return [form for form in self.answer.forms if not form.action.endswith("#none")]

    def send(self, form: Form, fields: list[tuple[str, bytes]]):
        body = b"&".join(name.encode() + b"=" + quote_plus(value).encode() for name, value in fields)
        where = form.action or self.answer.path
        if form.method == "get":
            return self.browser.get(f"{where}?{body.decode()}")
        return self.browser.post(where, body, content_type="application/x-www-form-urlencoded")


def seen(browser, response, path) -> Open:
    assert response.status_code < 400, (path, response.status_code)
    return Open(browser, Answer(response.status_code, response.headers, response.content, path))


@dataclass(frozen=True)
class Place:
    """How somebody comes to a page with a form. `page` is the name of its address."""

    page: str
    fetch: Callable[[House], Open]

    def __call__(self, house):
        return self.fetch(house)


def page(name, who="", *arguments, query=""):
    def fetch(house):
        browser = house.fresh(who)
        path = address(name, *arguments) + query
        return seen(browser, browser.get(path), path)

    return Place(name, fetch)


def after(first: Place, button: tuple[str, str], *, fill=None):
    """The page behind another one's form."""

    def fetch(house):
        before = first(house)
        form = next(form for form in before.forms if "csrfmiddlewaretoken" in form.fields or form.fields)
        fields = as_pairs(before, form) | dict([button])
        fields |= (fill or (lambda _house, _open: {}))(house, before)
        response = before.browser.post(form.action, fields)
        return seen(before.browser, response, form.action)

    return Place(first.page, fetch)


def as_pairs(before, form):
    return {name: value for name, value in form.fields.items() if name != "csrfmiddlewaretoken"}


def locked(house):
    browser = house.fresh("mia")
    house.clock.forward(240)
    path = address("today")
    response = browser.get(path)
    return Open(browser, Answer(response.status_code, response.headers, response.content, path))


def invitation(house, before):
    return {"words": vault.host_invite("member")}


def everything_understood(house, before):
    now = vault.setting("programme", Programme)
    return {"understood": [point.key for point in telling.points(now)], "name": "Aya", "language": "en"}


def own_words(name):
    return lambda house, before: {"words": house.words[name]}


told = after(page("join"), ("to", "look"), fill=invitation)
shown = after(told, ("to", "agree"), fill=everything_understood)
changing = after(page("change-words", "mia"), ("to", "prove"), fill=own_words("mia"))

PLACES: dict[str, Place] = {
    "door": page("door"),
    "join 1": page("join"),
    "join 2": told,
    "join 3": shown,
    "join 4": after(shown, ("to", "type")),
    "lines": page("help-lines"),
    "country": page("help-country"),
    "locked": Place("unlock", locked),
    "arrive": page("arrive", "mia"),
    "practise": page("practise", "mia"),
    "understood": page("understood", "mia"),
    "sheet": page("recovery-sheet", "mia"),
    "sheet made": after(page("recovery-sheet", "mia"), ("to", ""), fill=own_words("mia")),
    "other words": page("change-words", "mia"),
    "other words shown": changing,
    "other words back": after(changing, ("to", "type")),
    "account": page("account", "mia"),
    "export": page("export", "mia"),
    "export key": after(page("export", "mia"), ("as", "sealed")),
    "erase": page("erase", "mia"),
    "invitations": page("invitations", "daniel"),
    "set-up": page("set-up", "daniel"),
    "set-up lines": page("set-up-lines", "daniel"),
    "today": page("today", "mia"),
    "one question": page("today", "mia", query="?one=1"),
    "day": page("day", "mia", "2026-11-19"),
    "day change": page("day-change", "mia", "2026-11-20"),
    "day erase": page("day-erase", "mia", "2026-11-20"),
    "wishes": page("today-wishes", "mia"),
    "part of a plan": page("plan-part", "mia", "alone"),
    "part with people": page("plan-part", "mia", "people"),
    "after a part": page("plan-after", "mia", "alone"),
    "line of a plan": page("plan-step", "mia", "0a0a0a0a"),
    "plan to look over": page("plan-look", "mia"),
    "plan on paper": page("plan-print", "mia"),
    "keepsakes beside it": page("plan-beside", "mia"),
    "plan to erase": page("plan-erase", "mia"),
    "new thing": page("safekeeping-new", "mia"),
    "thing": page("safekeeping-thing", "mia", TIN),
    "thing to change": page("safekeeping-change", "mia", TIN),
    "thing that is kept": page("safekeeping-kept", "mia", ARGUMENTS["kept"]),
    "lost words": page("lost-words"),
    "lost words shown": after(page("lost-words"), ("to", "begin")),
    "lost words back": after(after(page("lost-words"), ("to", "begin")), ("to", "type")),
    "waiting": page("waiting", "waiting"),
    "three friends": page("friends-let-in", "mia"),
    "lost friend": page("lost-friend", "mia"),
    "one lost friend": page("lost-friend-one", "mia", ALLY),
    "thing to erase": page("safekeeping-erase", "mia", TIN),
    "keepsake words": page("keepsake-words", "mia"),
    "keepsake picture": page("keepsake-photo", "mia"),
    "keepsake song": page("keepsake-song", "mia"),
    "keepsake change": page("keepsake-change", "mia", A_KEEPSAKE),
    "keepsake erase": page("keepsake-erase", "mia", A_KEEPSAKE),
    "phone": page("pocket-keep", "mia"),
    "circle": page("circle", "mia"),
    "circle invite": page("circle-invite", "mia"),
    "circle person": page("circle-person", "mia", ALLY),
    "circle show": page("circle-show", "mia", f"{ALLY}-plan"),
    "circle part": page("circle-part", "mia", ALLY),
    "circle had to": page("circle-had-to", "mia"),
    "circle links": page("circle-links", "mia"),
    "tell": page("tell", "mia"),
    "tell wishes": page("tell-wishes", "mia"),
    "beside one": page("beside-one", "mia", FRIEND),
    "beside back": page("beside-back", "mia", FRIEND),
    "beside": page("beside", "mia"),
    "knock": page("knock", "mia"),
    **{f"knock {step}": page("knock-step", "mia", step) for step in STEPS},
    "knock away": page("knock-away", "mia"),
    "knock erase": page("knock-erase", "mia"),
    "knock asked": page("knock-asked", "mia", FRIEND),
    "knock card": page("knock-card", "mia", FRIEND),
    "clocks": page("clocks", "daniel"),
    "accept": page("accept", "mia"),
    "bell": page("bell", "mia"),
    "bell by e-mail": page("bell-mail", "mia"),
    "bell in a browser": page("bell-browser", "mia"),
    "bell's line": page("bell-line", "mia"),
    "new ask": page("asks-new", "mia"),
    "when": page("asks-new", "mia", query="?week"),
    "who": after(page("asks-new", "mia", query="?week"), ("to", "")),
    "an ask": page("asks-ask", "mia", asking.OWN),
    "ask to change": page("asks-change", "mia", asking.OWN),
    "more times": page("asks-more", "mia", asking.OWN),
    "ask to end": page("asks-end", "mia", asking.OWN),
    "asked of me": page("asks-asked", "mia", asking.ASKED),
    "calendar": page("asks-calendar", "mia"),
}
BY_SCRIPT = {"phone"}  # its answer is read by a script, and the page with what was typed stays where it is


def test_every_page_with_a_form_is_one_of_the_places(house):
    """A form nobody tries with nonsense, and no canary is typed into, is found here."""
    met = {place.page for place in PLACES.values()}
    unmet = set()
    for pattern in urlpatterns:
        found = re.search(r"<\w+:(\w+)>", str(pattern.pattern))
        name = str(pattern.name)
        path = address(name, *([ARGUMENTS[found[1]]] if found else []))
        for who in ("", "mia", "daniel"):
            response = house.fresh(who).get(path)
            if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
                continue
            forms = Answer(200, response.headers, response.content, path).forms
            if any(form.method == "post" and "word" not in form.fields for form in forms):
                unmet |= {name} - met
    assert unmet == set()


@pytest.fixture
def house(programme, mia, aya, daniel, words_of, client, clock, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the door waits two seconds for a young form
    for name, value in {"SITE": "https://ibasho.example.org", "SMTP": "smtp://localhost:9"}.items():
        monkeypatch.setattr(settings, f"IBASHO_{name}", value)  # a place that can ring has all of its forms
    for name, value in {"SENDER": "kettle@example.org", "PUSH": "known"}.items():
        monkeypatch.setattr(settings, f"IBASHO_{name}", value)
    return House(programme, people(mia, aya, daniel), words_of, client, clock)


def fields_of(form: Form):
    """Every name that may be sent, with what a browser would send if nobody touched it."""
    found: dict[str, list[bytes]] = {}
    for name, value in form.fields.items():
        found[name] = [one.encode() for one in ([value] if isinstance(value, str) else value)]
    for name in form.choices:
        found.setdefault(name, [])
    for name, value in form.buttons[:1]:
        found.setdefault(name, [value.encode()])  # Enter presses the first one
    found.pop("csrfmiddlewaretoken", None)
    return found


def pairs(fields):
    return [(name, value) for name, values in fields.items() for value in values]


def as_it_should_be(response, said):
    assert response.status_code in GOOD_ANSWERS, (response.status_code, said)
    assert "zebra" not in response.cookies
    assert "\r" not in str(response.headers) or "Set-Cookie: zebra" not in str(response.headers)
    text = response.text if response.headers.get("Content-Type", "").startswith("text/html") else ""
    assert "<script>alert" not in text, said
    assert "<img src=x" not in text, said
    assert ">49<" not in text
    if text and response.status_code >= 400:
        assert re.search(r"<h1[^>]*>\s*\S", text), said
        visible = html.unescape(re.sub(r"<(style|textarea).*?</\1>|<[^>]+>", " ", text, flags=re.S))
        unkind = UNKIND.search(visible.replace("Emergency", ""))
        assert not unkind, (said, unkind)


# Fields of one form that are read in one way: the first of them meets everything, the others the worst of it.
OF_ONE_KIND = {
    *("server_place", "keys_held_by", "hours", "supervisor", "emergency_contact", "backup_owner"),
    *("employer", "if_suicide", "above_helpers", "retention", "when_away", "requests_answered"),
    *("duty0-who_decides", "meals", "washing", "company", "mood"),
    *("decides_with", "if_keeper_goes", "way", "wait_hours", "state", "review_on", "number", "message"),
    *("what", "names", "code", "keepsake"),
    *("hour", "zone", "later", "first", "second", "door", "hows", "police", "if_other_opens", "not_to_do"),
    *("what", "names", "code", "keepsake", "auth", "called", "keeper_id"),
    *("note", "first", "last", "at", "how", "sort", "parts", "weekdays", "people", "summary"),
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_is_sent_breaks_a_page(place, house):
    """Each field of each form in turn, each nasty value; and the field missing, repeated, or a file."""
    for number, form in enumerate(PLACES[place](house).forms):
        for name in fields_of(form):
            again = name in OF_ONE_KIND or re.match(r"(duty|line)[1-9]", name)
            for kind, value in NASTY.items():
                if again and kind not in ("oversize", "control", "zebra"):
                    continue
                opened = PLACES[place](house)
                there = opened.forms[number]
                response = opened.send(there, pairs(fields_of(there) | {name: [value]}))
                as_it_should_be(response, (place, name, kind))
            for values in ([], [b"zebra", b"zebra", b"x" * 50]):
                opened = PLACES[place](house)
                there = opened.forms[number]
                response = opened.send(there, pairs(fields_of(there) | {name: values}))
                as_it_should_be(response, (place, name, values))


@pytest.mark.parametrize("place", [place for place in PLACES if place != "lines"])
def test_a_file_in_place_of_text_breaks_nothing(place, house):
    for number, form in enumerate(PLACES[place](house).forms):
        for name in fields_of(form):
            opened = PLACES[place](house)
            there = opened.forms[number]
            parts = [(one, value, "") for one, value in pairs(fields_of(there)) if one != name]
            parts.append((name, b"%PDF-1.4 zebra", '; filename="../zebra\r\n.pdf"'))
            body = b"".join(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{one}"{more}\r\n\r\n'.encode()
                + value
                + b"\r\n"
                for one, value, more in parts
            )
            body += f"--{BOUNDARY}--\r\n".encode()
            response = opened.browser.post(
                there.action or opened.answer.path,
                body,
                content_type=f"multipart/form-data; boundary={BOUNDARY}",
            )
            as_it_should_be(response, (place, name))


# Nothing typed is lost --------------------------------------------------------------------------------

SENTENCES = ("I like how I laughed today", "the door by the stairs", "tea at four", "somebody called Noor")


def writable(opened, form):
    """The fields somebody writes words into, as far as the page shows them."""
    text = opened.answer.text
    return [
        name
        for name in form.fields
        if re.search(rf'<(textarea|input type="text")[^>]* name="{name}"', text) and name != "words"
    ]


@pytest.mark.parametrize("place", [place for place in PLACES if place not in BY_SCRIPT])
def test_what_was_typed_is_still_there_when_something_else_did_not_fit(place, house):
    lost: list[tuple[object, ...]] = []
    for number, form in enumerate(PLACES[place](house).forms):
        names = writable(PLACES[place](house), form)
        if not names:
            continue
        for broken in fields_of(form):
            if form.method == "get" or broken in ("state", "to", "ticket", "csrfmiddlewaretoken"):
                continue
            for value in (b"zebra", b"\0", b"zebra " * 600, b"-1"):
                opened = PLACES[place](house)
                there = opened.forms[number]
                typed = {name: SENTENCES[at % 4] + f" {at}" for at, name in enumerate(names)}
                sent = fields_of(there) | {name: [text.encode()] for name, text in typed.items()}
                sent |= {broken: [value]}
                response = opened.send(there, pairs(sent))
                if response.status_code in (204, 303) or (response.status_code == 200 and place != "wishes"):
                    continue  # it was kept
                shown = html.unescape(response.text)
                lost += [
                    (broken, value[:9], name) for name in names if name != broken and typed[name] not in shown
                ]
                if broken in names and len(value) > 1000 and value.decode().strip() not in shown:
                    lost.append((broken, "too long", broken))
    assert lost == []


@pytest.mark.parametrize("place", ["today", "one question", "day", "set-up", "account", "invitations"])
def test_what_was_being_written_comes_back_after_signing_in_again_whatever_it_was(place, house):
    for kind, value in NASTY.items():
        if kind in ("oversize", "nothing", "spaces"):
            continue
        opened = PLACES[place](house)
        form = next(form for form in opened.forms if set(form.fields) & {"line", "run_by", "name", "at"})
        field = "line" if "line" in form.fields else "at" if "at" in form.fields else sorted(form.fields)[-1]
        sessions.leave(opened.browser.cookies["__Host-k"].value)
        response = opened.send(form, pairs(fields_of(form) | {field: [value], "good": [b"tea at four"]}))
        assert response.status_code == 401, kind
        draft = re.search(r'name="draft" value="([^"]+)"', response.text)[1]
        assert "zebra" not in draft
        ticket = re.search(r'name="ticket" value="([^"]+)"', response.text)[1]
        who = "daniel" if place in ("set-up", "invitations") else "mia"
        back = opened.browser.post("/", {"words": house.words[who], "ticket": ticket, "draft": draft})
        assert back.status_code == 200, kind
        assert "tea at four" in back.text
        as_it_should_be(back, kind)


# The request around the form --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded; charset=utf-16", "words=zebra".encode("utf-16")),
        ("application/x-www-form-urlencoded; charset=zebra", b"words=zebra"),
        ("application/x-www-form-urlencoded", b"%" * 500),
        ("application/x-www-form-urlencoded", b"&=&=&" * 99),
        ("application/x-www-form-urlencoded", b"\xff\xfe\0" * 99),
        ("application/json", b'{"words": ["zebra"]}'),
        ("text/plain", b"words=zebra"),
        ("", b"words=zebra"),
        ("multipart/form-data", b"zebra"),
        ("multipart/form-data; boundary=", b"--zebra"),
        (
            "multipart/form-data; boundary=zebra",
            b"--zebra\r\nContent-Disposition: form-data; name=words\r\n\r\n",
        ),
        (
            "multipart/form-data; boundary=zebra",
            b"--zebra\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--zebra--",
        ),
        ("multipart/form-data; boundary=" + "z" * 3000, b"zebra"),
    ],
)
def test_a_form_that_is_no_form_breaks_nothing(content_type, body, house):
    for who, path in (
        ("", "/"),
        ("", "/join"),
        ("mia", address("today")),
        ("mia", address("account")),
        ("daniel", address("set-up")),
    ):
        response = house.fresh(who).generic("POST", path, body, content_type=content_type)
        as_it_should_be(response, (content_type, path))


def test_too_much_of_anything_is_told_kindly_and_kept_nowhere(house):
    browser = house.fresh("mia")
    where = address("today")
    too_much = [
        browser.post(where, {"line": "a" * (9 * 1024 * 1024)}),
        browser.post(where, {f"field{number}": "x" for number in range(600)}),
        browser.generic(
            "POST", where, b"", **{"CONTENT_LENGTH": str(10**9), "wsgi.input": io.BytesIO(b"line=x")}
        ),
    ]
    for response in too_much:
        assert response.status_code == 413
        as_it_should_be(response, "too much")
    wrong = browser.generic("POST", where, b"line=x", CONTENT_LENGTH="zebra")
    assert wrong.status_code in (200, 400)


def test_words_as_long_as_a_book_are_refused_before_anything_is_stretched(house, monkeypatch):
    """Attack 51: 100 KB and 9 MB in the field for words."""
    from ibasho.vault import suite

    house.fresh()  # whoever has to be invited for it is there
    stretched = []
    monkeypatch.setattr(suite, "stretch", lambda *said, **more: stretched.append(said) or bytes(64))
    for size in (300, 100_000, 9 * 1024 * 1024):
        for path in ("/", "/join"):
            browser = house.fresh()
            ticket = re.search(r'name="ticket" value="([^"]+)"', browser.get(path).text)[1]
            response = browser.post(path, {"words": "a" * size, "ticket": ticket, "to": "look"})
            assert response.status_code in (400, 413)
            as_it_should_be(response, size)
    assert stretched == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "__Host-k=" + "A" * 75},
        {"Cookie": "__Host-k=" + "\u00e9" * 75},
        {"Cookie": "__Host-k=; __Host-k=zebra; __Host-s=" + "z" * 4000},
        {"Cookie": "\0=;;;=,=" * 50},
        {"Accept-Language": "zz-ZZ;q=zebra, *;q=9e999, " + "x" * 5000},
        {"Accept-Encoding": "br;q=zebra, \x00"},
        {"HX-Request": "true", "HX-Target": "<zebra>", "HX-Current-URL": "http://elsewhere.example"},
        {"HX-Request": "zebra"},
        {"User-Agent": "zebra\r\nSet-Cookie: zebra=1"},
        {"Referer": "http://elsewhere.example/" + "z" * 5000},
        {"X-Real-IP": "zebra", "X-Forwarded-For": "1, 2, zebra", "X-Forwarded-Host": "elsewhere.example"},
        {"If-Modified-Since": "zebra", "If-None-Match": '"zebra', "Range": "bytes=9-1"},
        {"Sec-Purpose": "prefetch;zebra"},
        {"X-Veil": "zebra"},
    ],
    ids=lambda headers: "-".join(headers),
)
def test_no_header_breaks_a_page(headers, house):
    for who in ("", "mia"):
        browser = house.fresh(who)
        if "Cookie" in headers:
            browser.cookies.clear()
        for pattern in urlpatterns:
            if "<" not in str(pattern.pattern):
                as_it_should_be_found(browser.get(address(str(pattern.name)), headers=headers), headers)
                as_it_should_be_found(browser.post(address(str(pattern.name)), {}, headers=headers), headers)
            if pattern.name in ("erase", "sign-out", "leave"):
                browser = house.fresh(who)


def as_it_should_be_found(response, said):
    assert response.status_code in GOOD_ANSWERS | {405}, said
    assert "zebra" not in str(response.headers)
    assert "elsewhere" not in str(response.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/%ff%fe", "/n/%2e%2e%2f", "/n/" + "z" * 1500, "/help/lines/%00", "/help/lines/%F0%9F%A6%A6",
        "/help/lines?country=%00", "/help/lines?country=" + "z" * 1000, "/?%ff=%00&kept&ended", "//elsewhere.example/",
        "/help/lines/gb%0d%0aSet-Cookie:%20zebra=1", "/static/%2e%2e/%2e%2e/etc/passwd", "/join?state=zebra",
    ],
)  # fmt: skip
def test_no_address_breaks_a_page(path, house):
    for who in ("", "mia"):
        browser = house.fresh(who)
        as_it_should_be_found(browser.get(path), path)
        as_it_should_be_found(browser.post(path, {}), path)
    for pattern in urlpatterns:
        if "<" in str(pattern.pattern):
            base = address(str(pattern.name), "zebra").removesuffix("zebra")
            for wrong in (
                "%00",
                "%ff",
                "9999-99-99",
                "-1",
                "%2e%2e%2f",
                "0000-00",
                "\u202e",
                "2026-11-22 ",
                "2026-1-1",
            ):
                as_it_should_be_found(house.fresh("mia").get(base + wrong), (pattern.name, wrong))
                as_it_should_be_found(house.fresh("mia").post(base + wrong, {}), (pattern.name, wrong))


# Twice --------------------------------------------------------------------------------------------------


def test_a_form_that_arrives_twice_does_its_work_once_or_says_so(house):
    """Double submit and the back button, at every form."""
    for place, fetch in PLACES.items():
        for number in range(len(fetch(house).forms)):
            opened = fetch(house)
            form = opened.forms[number]
            if form.method == "get":
                continue
            fields = pairs(fields_of(form)) + [(name, value.encode()) for name, value in form.buttons[:1]]
            first = opened.send(form, fields)
            second = opened.send(form, fields)
            as_it_should_be(first, (place, number))
            as_it_should_be(second, (place, number))

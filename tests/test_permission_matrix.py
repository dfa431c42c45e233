"""Who gets what at every address (attack 27, VAULT 9.5). The answers stand in permission_matrix.txt, to be read.

The rows come from the URL table: a page without a row fails, and so does a row without a page. Each cell says
what GET, POST and any other verb (PUT, PATCH, DELETE) answer; HEAD answers as GET does.
"""

import re
from pathlib import Path

import pytest

from ibasho import vault
from ibasho.asks.access import asked_of, own_ask
from ibasho.asks.actions import end_feed
from ibasho.bell.records import Address, BellWishes
from ibasho.circle.access import circle_of
from ibasho.circle.actions import come_as_ally, show
from ibasho.circle.records import Friend
from ibasho.keepsakes import access as keepsakes
from ibasho.keepsakes.actions import erase as erase_keepsake
from ibasho.keepsakes.actions import keep as keep_keepsake
from ibasho.keepsakes.pictures import Picture
from ibasho.keepsakes.records import Keepsake
from ibasho.people.records import Profile, Standing
from ibasho.plan.access import mark_of, part_of
from ibasho.plan.actions import erase_plan, keep_part
from ibasho.plan.records import Step
from ibasho.pocket.records import KeptCopy, place_of
from ibasho.programme.records import Programme
from ibasho.safekeeping.actions import entrust
from ibasho.safekeeping.actions import erase as erase_thing
from ibasho.safekeeping.records import PutAway
from ibasho.today.access import find_day
from ibasho.today.actions import erase_day, keep_day
from ibasho.today.records import Day
from ibasho.urls import urlpatterns
from ibasho.vault import clock as vault_clock
from ibasho.vault import sessions
from ibasho.web.addresses import address
from tests.support import asking
from tests.support.friends import ALLY, FRIEND, be_friends
from tests.support.silences import asks, is_asked

TABLE = Path(__file__).with_name("permission_matrix.txt")
ROLES = ("stranger", "ended", "locked", "early", "member", "helper", "facilitator", "ally")

OWN_DAY, HER_DAY, BLANK_DAY = "2026-11-20", "2026-11-19", "2026-11-18"  # the actor's, Aya's, nobody's
OWN_KEEPSAKE, HER_KEEPSAKE, NO_KEEPSAKE = "0a" * 8, "0b" * 8, "0c" * 8
OTHER_VERBS = ("PUT", "PATCH", "DELETE")

TIN = "0a" * 6  # what Noor asks the actor to keep
HERS, NOBODY = "0b" * 8, "0c" * 8  # somebody of Aya's circle, and no one's

# What can be named in an address, and what each of them is to the actor.
NAMED = {
    "day": {"own": OWN_DAY, "foreign": HER_DAY, "absent": BLANK_DAY, "never": "2031-02-30", "odd": "mia"},
    "month": {"own": "2026-11", "absent": "2020-01", "never": "2026-13"},
    "until": {"own": "2026-11-22", "absent": "2020-01-05", "never": "today"},
    "iso2": {"own": "GB", "absent": "XX"},
    "part": {"own": "alone", "never": "zebra"},
    "step": {"own": "0a0a0a0a", "foreign": "0b0b0b0b", "absent": "0c0c0c0c"},
    "thing": {"own": "0a0a0a0a0a0a", "foreign": "0b0b0b0b0b0b", "absent": "0c0c0c0c0c0c"},
    "skill": {"own": "feet", "absent": "nothing"},
    "keepsake": {"own": OWN_KEEPSAKE, "foreign": HER_KEEPSAKE, "absent": NO_KEEPSAKE, "odd": "mia"},
    "contact": {"own": ALLY, "foreign": HERS, "absent": NOBODY, "odd": FRIEND},
    "friend": {"own": FRIEND, "foreign": HERS, "absent": NOBODY, "odd": ALLY},
    "shown": {
        "own": f"{ALLY}-mood",
        "foreign": f"{HERS}-mood",
        "absent": f"{NOBODY}-mood",
        "odd": f"{ALLY}-zebra",
    },
    "picture": {"own": f"{FRIEND}-keepsake", "foreign": f"{HERS}-keepsake", "odd": "mia"},
    "token": {"absent": "A" * 43, "odd": "mia"},
    "asked_step": {"own": "when", "never": "zebra"},
    "asker": {"own": FRIEND, "foreign": HERS, "absent": NOBODY, "odd": ALLY},
    "nudge": {"absent": "A" * 43, "odd": "mia"},
    "kept": {
        "own": f"{FRIEND}-{TIN}",
        "foreign": f"{HERS}-{TIN}",
        "absent": f"{NOBODY}-{TIN}",
        "odd": "mia",
    },
    "waits": {"own": ALLY, "foreign": HERS, "absent": NOBODY},
    "ask": {"own": asking.OWN, "foreign": asking.HERS, "absent": asking.NONE},
    "asked": {"own": asking.ASKED, "foreign": asking.NOT_ASKED, "absent": asking.NO_ASK},
    "calendar": {"own": asking.CALENDAR, "absent": asking.NO_CALENDAR, "odd": "mia"},
}
# What can be named in a form: the field, and how an own, a foreign and an absent one are made.
IN_FORMS = {
    "invitations": "withdraw",
    "export-file": "ticket",
    "recovery-paper": "paper",
    "pocket-keep": "remove",
    "bell": "off",
}


def rows_of_the_house():
    """Every page, once for each kind of thing that can be named there."""
    for pattern in urlpatterns:
        name = pattern.name or ""
        found = re.search(r"<\w+:(\w+)>", str(pattern.pattern))
        if found:
            yield from ((name, what) for what in NAMED[found[1]])
        else:
            yield name, "-"
            if name in IN_FORMS:
                yield from ((name, what) for what in ("own", "foreign", "absent"))


def table():
    """The rows of the file: (page, thing) -> what each role gets."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    head, *rows = (line.split() for line in lines)
    assert tuple(head[2:]) == ROLES
    assert len({(page, what) for page, what, *_ in rows}) == len(rows), "a row stands there twice"
    return {(page, what): cells for page, what, *cells in rows}


@pytest.fixture
def house(programme, mia, aya, tom, daniel, client, clock, monkeypatch):
    """Everybody is there; each actor has a day of their own, and Aya one of hers."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the door waits two seconds for a young form
    ally = vault.make_space(vault.new_words(6))
    ally.set_own(Profile(name="Sol", roles=()))
    come_as_ally(ally)
    spaces = {"member": mia, "helper": tom, "facilitator": daniel, "ally": ally}
    words = vault.new_words(7)
    other = vault.make_space(words)
    other.set_own(Profile(name="Noor", roles=("facilitator",)))
    return House(client, clock, spaces, aya, other)


class House:
    """One request after another, each from a fresh session, each in the same house."""

    def __init__(self, client, clock, spaces, aya, other):
        self.client, self.clock, self.spaces, self.aya, self.other = client, clock, spaces, aya, other
        self.began = clock.at
        vault.invite(self.other, "member", "Somebody Noor knows")

    def actor(self, role):
        return self.spaces.get(role, self.spaces["member"])

    def ready(self, role):
        """The same things are there before each request. Gives a browser in which that role is."""
        self.clock.set(self.began)
        actor = self.actor(role)
        for space, day in ((actor, OWN_DAY), (self.aya, HER_DAY)):
            day = dt_of(day)
            if find_day(space, day) is None:
                keep_day(space, day=day, record=Day(line="A line."), seen=0)
        erase_day(actor, day=self.began.date())
        for space, step in ((actor, NAMED["step"]["own"]), (self.aya, NAMED["step"]["foreign"])):
            if part_of(space, "alone").steps != (Step(step, "A walk."),):
                erase_plan(space)
                keep_part(space, name="alone", steps=(Step(step, "A walk."),), seen=mark_of(()))
        for space, key in ((actor, NAMED["thing"]["own"]), (self.aya, NAMED["thing"]["foreign"])):
            if space.find(PutAway, f"things/{key}") is None:
                space.keep(PutAway(label="the tin"), at=f"things/{key}")
        for space, key in ((actor, OWN_KEEPSAKE), (self.aya, HER_KEEPSAKE)):
            a_keepsake(space, key)
        opened = Programme(run_by="The Thursday people", country="GB", opened_on=dt_of("2026-11-01"))
        vault.set_setting("programme", opened)
        self.friends_of(actor)
        if role == "early":
            vault.set_setting("programme", Programme())
        client = type(self.client)()
        if role == "stranger":
            return client
        client = self.client.of(actor)
        if role == "ended":
            sessions.leave(client.cookies["__Host-k"].value)
        if role == "locked":
            self.clock.forward(240)
        return client

    def friends_of(self, actor):
        """Noor is in the actor's circle and has a friend there too, to whom she shows a keepsake; Aya has an ally."""
        be_friends(actor, self.other, known_as=ALLY, knows=actor.fingerprint.hex()[:16], name="Noor")
        be_friends(self.aya, self.other, known_as=HERS, knows="0d" * 8, name="Noor")
        be_friends(self.other, actor, known_as=actor.fingerprint.hex()[16:32], knows=FRIEND)
        self.helps(actor, ALLY), self.helps(self.aya, HERS)
        a_keepsake(self.other, OWN_KEEPSAKE)
        contact, day = actor.fingerprint.hex()[16:32], self.began.date()
        if "keepsake" not in circle_of(self.other).friends.get(contact, Friend()).grants:
            show(self.other, contact, "keepsake", until=day, choice=(OWN_KEEPSAKE,))
        thing = self.other.find(PutAway, f"things/{TIN}")
        if thing is None or thing.record.keeper_id != contact:
            if thing is not None:
                erase_thing(self.other, TIN)
            self.other.keep(PutAway(label="the tin", keeper_id=contact), at=f"things/{TIN}")
            entrust(self.other, TIN)

    def helps(self, space, contact):
        """Somebody they know lost their words, and said five to them."""
        if space.find(Standing, f"standing/{contact}") is None:
            space.keep(Standing(began=vault_clock.instant()), at=f"standing/{contact}")

    def ready_for_asks(self, role):
        """The actor asks Noor, and she asks the actor; Aya asks her too. The actor has a calendar."""
        now, actor = self.clock.at, self.actor(role)
        self.clock.set(self.began)
        asking.put_ask(actor, asking.OWN, [ALLY], "0d" * 16)
        asking.put_ask(self.other, "0e" * 8, [actor.fingerprint.hex()[16:32]], asking.ASKED)
        asking.put_ask(self.aya, asking.HERS, [HERS], asking.NOT_ASKED)
        for space in self.spaces.values():
            if space is not actor:
                end_feed(space)  # a token is one person's
        asking.put_calendar(actor)
        self.clock.set(now)

    def silences_of(self, actor):
        """The actor asked Noor to look in if they go quiet; Noor asked them too, and her letter has come."""
        asks(actor, ALLY)
        is_asked(actor, FRIEND, self.other, actor.fingerprint.hex()[16:32])

    def fields(self, page, what, client, role):
        """What the form of a page sends, when something own, foreign or absent is named in it."""
        if what == "-" or page not in IN_FORMS:
            return {}
        return {IN_FORMS[page]: getattr(self, f"_{what}")(page, client, role)}

    def _own(self, page, client, role):
        actor = self.actor(role)
        if page == "pocket-keep":
            return self._copy_of(actor)
        if page == "bell":
            return self._address_of(actor)
        if page == "invitations":
            vault.invite(actor, "member", "Somebody of mine")
            return vault.invitations(actor)[0].id.hex()
        return self._ticket(page, client.cookies["__Host-k"].value if "__Host-k" in client.cookies else "")

    def _copy_of(self, space):
        """A phone on somebody's list, as their page names it."""
        tally = vault.tally_id(token := vault.new_token())
        record = KeptCopy(tally=tally, since=dt_of("2026-11-22"), until=dt_of("2026-12-22"))
        vault.cut_tally(space, record, place_of(tally), token=token, until=2**40)
        return tally.hex()

    def _address_of(self, space):
        """Somebody is rung by e-mail: what their page calls that."""
        channel = ("0a" if space is not self.aya else "0b") * 6
        space.set_own(BellWishes(mail=Address(channel, "m.otter@example.org", dt_of("2026-11-22"))))
        return channel

    def _foreign(self, page, client, role):
        if page == "pocket-keep":
            return self._copy_of(self.aya)
        if page == "bell":
            return self._address_of(self.aya)
        if page == "invitations":
            return vault.invitations(self.other)[0].id.hex()
        return self._ticket(page, sessions.start(self.aya, "abacus abdomen"))

    def _absent(self, page, client, role):
        return "00" * 16

    def _ticket(self, page, cookie):
        bound = sessions.binding(cookie)
        if page == "export-file":
            return vault.seal_ticket(vault.new_export_key(), "export", 60, bound_to=bound)
        return vault.seal_ticket("abacus " * 8, "sheet", 30, bound_to=bound)

    def ask(self, client, role, verb, page, what):
        if page.startswith("knock"):
            self.silences_of(self.actor(role))
        return client.generic(verb, where(page, what), **self._body(verb, page, what, client, role))

    def _body(self, verb, page, what, client, role):
        if verb != "POST":
            return {}
        from urllib.parse import urlencode

        fields = self.fields(page, what, client, role)
        return {"data": urlencode(fields), "content_type": "application/x-www-form-urlencoded"}

    def ready_for(self, role, page):
        """The same things are there as before each request of that page. Gives a browser in which that role is."""
        client = self.ready(role)
        if page.startswith("asks-"):
            self.ready_for_asks(role)
        return client

    def cell(self, role, page, what):
        client = self.ready_for(role, page)
        others = {self.ask(client, role, verb, page, what).status_code for verb in OTHER_VERBS}
        assert len(others) == 1, f"{page} for {role}: {others}"
        head = self.ask(client, role, "HEAD", page, what)
        got = self.ask(client, role, "GET", page, what)
        assert (head.status_code, head.content) == (got.status_code, b""), f"HEAD {page} for {role}"
        posted = self.ask(self.ready_for(role, page), role, "POST", page, what)
        return f"{got.status_code}/{posted.status_code}/{others.pop()}"


def a_keepsake(space, key, text="The roof."):
    """A picture with its words lies there."""
    record = Keepsake(sort="picture", added_at=vault_clock.instant(), text=text, width=4, height=3)
    jpeg = b"\xff\xd8\xff" + text.encode() + b"\xff\xd9"
    before = keepsakes.find_keepsake(space, key)
    if before is None or before.record.text != text:
        erase_keepsake(space, key=key)
        keep_keepsake(space, key=key, record=record, picture=Picture(4, 3, jpeg, jpeg))


def dt_of(text):
    import datetime as dt

    return dt.date.fromisoformat(text)


def where(page, what):
    pattern = next(one for one in urlpatterns if one.name == page)
    found = re.search(r"<\w+:(\w+)>", str(pattern.pattern))
    return address(page, NAMED[found[1]][what]) if found else address(page)


def test_every_page_has_its_rows_and_every_row_its_page():
    assert list(table()) == list(rows_of_the_house())


@pytest.mark.parametrize("page", sorted({page for page, _ in rows_of_the_house()}))
def test_everybody_gets_what_the_table_says(page, house):
    written = {row: cells for row, cells in table().items() if row[0] == page}
    found = {row: [house.cell(role, *row) for role in ROLES] for row in rows_of_the_house() if row[0] == page}
    assert found == written, "\n" + "\n".join(as_line(row, cells) for row, cells in found.items())


def as_line(row, cells):
    return f"{row[0]:<20}{row[1]:<9}" + "".join(f"{cell:<13}" for cell in cells).rstrip()


def test_the_table_lets_nobody_in_who_is_not_in():
    """A stranger, and whoever was in and is not any more, read nothing at any private address."""
    from ibasho.web.addresses import PUBLIC

    for (page, what), cells in table().items():
        if page in PUBLIC:
            continue
        for role, cell in zip(ROLES, cells, strict=True):
            if role in ("stranger", "ended") or (role == "locked" and page not in ("unlock", "sign-out")):
                assert cell == "401/401/401", (page, what, role)


def test_no_verb_but_the_forms_own_ever_succeeds():
    for row, cells in table().items():
        assert all(cell.rpartition("/")[2] in {"401", "403", "404", "405"} for cell in cells), row


# Somebody else's, and nobody's, are the same --------------------------------------------------------


def without_tokens(answer):
    text = answer.text
    for hidden in ("csrfmiddlewaretoken", "ticket"):
        text = re.sub(rf'name="{hidden}" value="[^"]*"', f'name="{hidden}"', text)
    first = {"Set-Cookie", "Vary"}  # the cookie of forms is sent to a browser once, and says so
    headers = {name: value for name, value in answer.headers.items() if name not in first}
    return answer.status_code, headers, text


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("role", ["member", "helper", "facilitator"])
@pytest.mark.parametrize(
    "page",
    [
        "plan-step",
        "safekeeping-thing",
        "safekeeping-change",
        "safekeeping-erase",
        "safekeeping-kept",
        "lost-friend-one",
    ],
)
def test_what_is_somebody_elses_answers_as_what_is_not_there(page, role, verb, house):
    client = house.ready(role)
    found = [without_tokens(client.generic(verb, where(page, what))) for what in ("foreign", "absent")]
    assert found[0] == found[1]
    assert found[0][0] == 404


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("page", ["day", "day-change", "day-erase"])
@pytest.mark.parametrize("role", ["member", "helper", "facilitator"])
def test_a_day_of_somebody_else_answers_as_a_day_of_nobody(role, page, verb, house):
    """The same address, asked for by the same person, before and after Aya wrote about that day."""
    day = dt_of(HER_DAY)
    client = house.ready(role)
    erase_day(house.aya, day=day)
    before = without_tokens(client.generic(verb, where(page, "foreign")))
    keep_day(house.aya, day=day, record=Day(line="zebra-canary"), seen=0)
    after = without_tokens(client.generic(verb, where(page, "foreign")))
    assert after == before
    kept = find_day(house.aya, day)
    assert kept is not None, "nobody else can erase it"
    assert kept.record.line == "zebra-canary"
    assert kept.version == 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize(
    "page", ["keepsake", "keepsake-change", "keepsake-erase", "keepsake-picture", "keepsake-small"]
)
def test_a_keepsake_of_somebody_else_answers_as_one_of_nobody(page, verb, house):
    """The same address, asked for by the same person, before and after Aya kept something there."""
    client = house.ready("member")
    erase_keepsake(house.aya, key=HER_KEEPSAKE)
    before = without_tokens(client.generic(verb, where(page, "foreign")))
    a_keepsake(house.aya, HER_KEEPSAKE, "zebra-canary")
    assert without_tokens(client.generic(verb, where(page, "foreign"))) == before
    assert keepsakes.own_keepsake(house.aya, HER_KEEPSAKE).text == "zebra-canary", "nobody else can erase it"


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("page", ["asks-ask", "asks-change", "asks-more", "asks-end", "asks-asked"])
def test_an_ask_that_is_not_theirs_answers_as_one_that_is_not_there(page, verb, house):
    """Aya's own, which goes to somebody else (attack 31, DOMAIN 3.7)."""
    client = house.ready("member")
    house.ready_for_asks("member")
    found = [without_tokens(client.generic(verb, where(page, what))) for what in ("foreign", "absent")]
    assert found[0] == found[1]
    assert found[0][0] == 404
    assert not own_ask(house.aya, asking.HERS).closed
    assert [view.id for view in asked_of(house.spaces["member"])] == [asking.ASKED]


def test_an_invitation_of_somebody_else_answers_as_one_that_is_not_there(house):
    client = house.ready("facilitator")
    theirs = vault.invitations(house.other)
    found = [
        without_tokens(client.post(address("invitations"), {"withdraw": one}))
        for one in (theirs[0].id.hex(), "00" * 16, "zebra")
    ]
    assert found[0] == found[1] == found[2]
    assert found[0][0] == 404
    assert vault.invitations(house.other) == theirs


def test_a_page_for_facilitators_answers_a_member_as_a_page_that_is_not_there(house):
    client = house.ready("member")
    for page in ("set-up", "set-up-lines", "invitations"):
        assert without_tokens(client.get(address(page))) == without_tokens(client.get("/n/zzzzzz"))


@pytest.mark.parametrize("page", ["export-file", "recovery-paper"])
def test_a_sealed_ticket_of_another_visit_answers_as_one_nobody_made(page, house):
    client = house.ready("member")
    field = IN_FORMS[page]
    found = [
        without_tokens(client.post(address(page), {field: house.fields(page, what, client, "member")[field]}))
        for what in ("foreign", "absent")
    ]
    assert found[0] == found[1]
    assert found[0][0] >= 400


# Forms from elsewhere (attack 46) --------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted({page for page, _ in rows_of_the_house()}))
def test_no_form_is_taken_without_its_token_or_from_another_site(page, house):
    what = next(what for name, what in rows_of_the_house() if name == page)
    strict = type(house.client)(enforce_csrf_checks=True)
    strict.cookies = house.ready("facilitator").cookies
    if page in (
        "help",
        "help-breathe",
        "help-senses",
        "help-lines",
        "help-lines-of",
        "help-shelf",
        "help-skill",
        "safety",
        "about",
        "leave",
        "pocket",
        "manifest",
        "worker",
        "offline",
        "asks-feed",
    ):
        assert strict.post(where(page, what)).status_code in (403, 405)
        return
    if (
        page == "knock-tap"
    ):  # it asks for nobody's session, and the token is in its address: knock.views says more
        assert strict.post(where(page, what)).status_code == 404
        return
    if (
        page == "pocket-ask"
    ):  # changes nothing and asks for nobody's session: pocket.views says why it has no token
        for origin, site in (
            ("http://elsewhere.example", "cross-site"),
            ("http://testserver:81", "same-site"),
        ):
            there = {"Origin": origin, "Sec-Fetch-Site": site}
            body = {"data": bytes(32), "content_type": "application/octet-stream"}
            assert strict.post(where(page, what), **body, headers=there).status_code == 400
        return
    assert strict.post(where(page, what)).status_code == 403
    form = strict.get(address("account")).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    there = {"csrfmiddlewaretoken": token}
    for origin in ("http://elsewhere.example", "null", "https://testserver.example", "http://testserver:81"):
        refused = strict.post(where(page, what), there, headers={"Origin": origin})
        assert refused.status_code == 403, origin
    taken = strict.post(where(page, what), there, headers={"Origin": "http://testserver"})
    assert taken.status_code != 403 or "came from somewhere else" not in taken.text

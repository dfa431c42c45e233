"""Asks and a calendar of a test, under names that stay the same, so that an address can be written down."""

import base64
import datetime as dt

from ibasho import vault
from ibasho.asks import access, actions, feed
from ibasho.asks.records import PLACE, Ask, Feed, Slot
from ibasho.programme.days import today
from ibasho.vault import publishing, sharing
from ibasho.vault.collection import Catalogue, Collection
from ibasho.vault.manifest import Manifest, Share
from ibasho.vault.records import split

OWN, HERS, NONE = "0a" * 8, "0b" * 8, "0c" * 8  # as their owners have them: the actor's, Aya's, nobody's
ASKED, NOT_ASKED, NO_ASK = "0a" * 16, "0b" * 16, "0c" * 16  # as those have them who are asked
TOKEN = b"\x0a" * 32
CALENDAR, NO_CALENDAR = (
    base64.urlsafe_b64encode(one * 32).decode().rstrip("=") for one in (b"\x0a", b"\x0c")
)


def put_ask(space: vault.Space, name: str, people: list[str], collection: str) -> None:
    """An ask of this person lies there as it was made; whatever became of it is undone."""
    space._look_again()  # a page may have changed it meanwhile
    day, store = today(), space._vault.store
    slots = tuple(Slot(f"0a0a0a0{number}", day + dt.timedelta(days=number), "evening") for number in range(3))
    record = Ask(what="A meal", made_on=day, note="Without meat.", slots=slots)
    there = vault.circles_of(space, Ask.kind).get(name)
    if there is not None:
        kept = access.kept_ask(vault.circle(space, name)).record
        if kept == record and [one.id for one in there] == people:
            return
        vault.close_circle(space, name)

    def plan(manifest: Manifest) -> list[vault.Op]:
        catalogue = Catalogue(bytes.fromhex(collection), Ask.kind, 1, vault.new_token())
        filled = Collection(store, catalogue, space.fingerprint)
        ops = filled.plan_put(record, *split(PLACE), now=0, expects=0)
        ops.append(publishing.put_root(store, filled.catalogue))
        found = manifest.shares[name] = Share(name, publishing.without_chapters(filled.catalogue))
        for one in people:
            ops += sharing._plan_grant(space.identity, found, manifest.contacts[one], sharing.WRITE)
        return ops

    space._write(plan)


def put_calendar(space: vault.Space) -> None:
    """This person's calendar is at the address that is written down."""
    space._look_again()
    before = access.own_feed(space)
    if before is None or before.token != TOKEN:
        actions.end_feed(space)
        feed.begin(space, Feed(token=TOKEN))

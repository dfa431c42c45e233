"""What a manifest lists: doors, contacts, invitations, shares (docs/formats.md)."""

import datetime as dt

import msgspec

from ibasho.vault import suite
from ibasho.vault.collection import Catalogue
from ibasho.vault.records import Record


class DoorRef(msgspec.Struct, frozen=True):
    """One way in, as its owner knows it."""

    id: bytes  # the locator of the door's row
    lifeline: bytes
    kind: str  # "words" or "recovery"
    made_on: dt.date

    def __repr__(self) -> str:
        return f"<DoorRef {self.kind}>"


class Contact(msgspec.Struct, frozen=True):
    """Somebody whose keys were pinned when an invitation was accepted (VAULT 1.4)."""

    id: str
    public: bytes
    outbox: bytes  # the post box I write to
    inbox: bytes  # the post box they write to
    kind: str = (
        ""  # what was said at the invitation: "ally" is one of mine, "beside" is somebody whose ally I am
    )
    name: str = ""
    changed: bool = False  # their keys changed since the safety words were last compared

    def __repr__(self) -> str:
        return "<Contact ***>"


class Invited(msgspec.Struct):
    """An invitation this person gave, as its giver keeps it."""

    id: bytes
    kind: str
    due: dt.date
    reply: bytes  # the post box the answer lands in
    proof: bytes  # the key that proves the answer came from the words
    name: str = ""
    state: str = "open"  # open, joined, swapped
    contact: str = ""  # the id of the contact they became


class Share(msgspec.Struct):
    """A published copy: which record, under which key, for whom (VAULT, decision 6)."""

    source: str  # "kind:record id", or a name for a collection of its own
    catalogue: Catalogue
    readers: dict[str, bytes] = {}  # contact id: id of the grant in their post box
    writers: list[str] = []
    until: dt.date | None = None  # the last day it may be read, where the programme is
    timer: bytes = b""  # what ends it then, without anybody's session


class Armed(msgspec.Struct, frozen=True):
    """Letters that go out if this person goes quiet: where they wait, and whose keys they were sealed to."""

    timer: bytes
    shelf: bytes
    keys: list[bytes]  # the names of what takes the outer layers off, in `release.keys`
    by: bytes  # the fingerprint they are signed with
    to: dict[str, bytes]  # contact id: the fingerprint one was sealed to


class Recovery(msgspec.Struct, frozen=True):
    """What lets friends open this space again: where its box lies, what opens the box, and the way's secret."""

    place: bytes
    box_key: bytes
    key: bytes
    holders: list[str]  # contact ids, by their seats
    notes: list[bytes]  # what handed them their parts, until they read it
    made_on: dt.date

    @property
    def shelf(self) -> bytes:
        """The shelf its box lies on, alone."""
        return suite.tag(self.box_key, suite.ctx("recovery-shelf", self.place))

    def __repr__(self) -> str:
        return "<Recovery ***>"


class Manifest(msgspec.Struct, omit_defaults=True):
    """The table of contents of a space. Sealed as one box; never leaves this package."""

    saved: int
    fingerprint: bytes
    doors: list[DoorRef] = []
    collections: dict[str, Catalogue] = {}
    small: dict[str, msgspec.Raw] = {}
    contacts: dict[str, Contact] = {}
    invited: list[Invited] = []
    shares: dict[str, Share] = {}
    armed: Armed | None = None
    bell: bytes = b""  # what one's own bell is named by, once there was a use for one
    former: list[bytes] = []  # root keys before a change of words: they open grants made for them
    recovery: Recovery | None = None

    def __repr__(self) -> str:
        return "<Manifest ***>"

    def shares_of(self, type_: type[Record], label: str) -> list[str]:
        """The sources of what is shared from one chapter."""
        return [source for source in self.shares if source.startswith(f"{type_.kind}:{label}/")]


decoder = msgspec.json.Decoder(Manifest)

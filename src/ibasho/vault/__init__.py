"""The vault: keys and ciphertext. The only room that touches a cipher (VAULT.md, docs/formats.md).

Everything other rooms may use is named here; the modules behind it are private to the package.
"""

import base64
import datetime as dt
from collections.abc import Callable
from typing import TypeVar

import msgspec

from ibasho.vault import clock, copies, release, running, sessions, suite, timers
from ibasho.vault.bells import (
    Bell,
    Channel,
    Mail,
    Push,
    PutOff,
    Ring,
    Silence,
    Strike,
    Try,
    bell_of,
    carry_out,
    change_bell,
    fits,
    hang_bells,
    look_at_bell,
    my_bell_for,
    own_bell,
    put_ring,
    ring_bell,
    rings_due,
    silent_channels,
    swap_bell,
    take_ring,
)
from ibasho.vault.core import NotReady, Vault, configure, current
from ibasho.vault.doors import (
    Counts,
    add_door,
    balance_chaff,
    burn,
    change_words,
    close_door,
    come_home,
    counts,
    make_space,
    make_waiting_place,
    open_door,
    stop_waiting,
)
from ibasho.vault.errors import (
    AlreadyThere,
    BadTicket,
    BadWords,
    Busy,
    Changed,
    Gone,
    Missing,
    NoDoor,
    NoInvitation,
    NotFound,
    NotGranted,
    StorageTrouble,
    Tampered,
    TooManyTries,
    VaultError,
)
from ibasho.vault.inviting import (
    ALLY,
    BESIDE,
    Invite,
    accept,
    forget_expired,
    host_invite,
    invitations,
    invite,
    join,
    look_at_invitation,
    take_in_answers,
    what_became_of,
    withdraw,
)
from ibasho.vault.manifest import Contact, DoorRef, Invited
from ibasho.vault.noting import Said, change_and_tell, drop_note, leave, notes, send_note, take_note_back
from ibasho.vault.records import Kept, Record, RecordId
from ibasho.vault.recovery import (
    FRIENDS,
    FRIENDS_WAIT,
    LOST,
    FriendsPart,
    Please,
    TooManyWait,
    Waiting,
    ask_friends,
    end_friends,
    friends_who_let_in,
    is_waiting,
    let_friends,
    open_with_friends,
)
from ibasho.vault.sharing import (
    Shared,
    circle,
    circles_of,
    circles_shared_with,
    close_circle,
    contact,
    contacts,
    forget_ended_circles,
    found_circle,
    keep_contact,
    leave_circle,
    let_go,
    parted_elsewhere,
    read_shared,
    readers_of,
    safety_words_with,
    share,
    take_in_new_keys,
    unshare,
)
from ibasho.vault.space import ATTEMPTS, Space
from ibasho.vault.store import Op, Store
from ibasho.vault.takeout import export, exporter, file_exporter, new_export_key, sealed_export
from ibasho.vault.tallies import (
    Wanted,
    cut_tally,
    end_tally,
    new_token,
    refill_tally,
    tallies_there,
    tally_carries,
    tally_id,
    tally_says,
)
from ibasho.vault.throttle import Tries, use_once, wait_at_the_door
from ibasho.vault.tickets import open_ticket, seal_ticket, ticket_age
from ibasho.vault.ways import (
    REQUEST_LASTS,
    Given,
    Part,
    Request,
    RequestOver,
    TooSoon,
    Way,
    ask_for_parts,
    give_part,
    make_way,
    open_way,
    take_part,
)
from ibasho.vault.webpush import AUTH as PUSH_AUTH
from ibasho.vault.webpush import KEY as PUSH_KEY
from ibasho.vault.webpush import is_push_key, seal_push, sender_key, sender_says
from ibasho.vault.words import (
    DOOR_WORDS,
    HELPER_WORDS,
    INVITATION_WORDS,
    LANGUAGES,
    RECOVERY_WORDS,
    clean_words,
    new_words,
)

__all__ = [
    "ALLY",
    "BESIDE",
    "DOOR_WORDS",
    "FRIENDS",
    "FRIENDS_WAIT",
    "HELPER_WORDS",
    "INVITATION_WORDS",
    "LANGUAGES",
    "LOST",
    "PUSH_AUTH",
    "PUSH_KEY",
    "RECOVERY_WORDS",
    "REQUEST_LASTS",
    "AlreadyThere",
    "BadTicket",
    "BadWords",
    "Bell",
    "Busy",
    "Changed",
    "Channel",
    "Contact",
    "Counts",
    "DoorRef",
    "FriendsPart",
    "Given",
    "Gone",
    "Invite",
    "Invited",
    "Kept",
    "Mail",
    "Missing",
    "NoDoor",
    "NoInvitation",
    "NotFound",
    "NotGranted",
    "NotReady",
    "Op",
    "Part",
    "Please",
    "Push",
    "PutOff",
    "Record",
    "RecordId",
    "Request",
    "RequestOver",
    "Ring",
    "Said",
    "Shared",
    "Silence",
    "Space",
    "StorageTrouble",
    "Store",
    "Strike",
    "Tampered",
    "TooManyTries",
    "TooManyWait",
    "TooSoon",
    "Tries",
    "Try",
    "Vault",
    "VaultError",
    "Waiting",
    "Wanted",
    "Way",
    "accept",
    "add_door",
    "address_code",
    "ask_for_parts",
    "ask_friends",
    "balance_chaff",
    "bell_of",
    "burn",
    "carry_out",
    "change_and_tell",
    "change_bell",
    "change_setting",
    "change_words",
    "circle",
    "circles_of",
    "circles_shared_with",
    "clean_words",
    "close_circle",
    "close_door",
    "come_home",
    "configure",
    "contact",
    "contacts",
    "copies",
    "counts",
    "current",
    "cut_tally",
    "drop_note",
    "end_friends",
    "end_tally",
    "end_what_is_over",
    "export",
    "exporter",
    "file_exporter",
    "fits",
    "forget_ended_circles",
    "forget_expired",
    "found_circle",
    "friends_who_let_in",
    "give_part",
    "hang_bells",
    "host_invite",
    "invitations",
    "invite",
    "is_push_key",
    "is_waiting",
    "join",
    "keep_contact",
    "last_time",
    "leave",
    "leave_circle",
    "let_friends",
    "let_go",
    "look_at_bell",
    "look_at_invitation",
    "make_space",
    "make_waiting_place",
    "make_way",
    "my_bell_for",
    "new_export_key",
    "new_token",
    "new_words",
    "notes",
    "open_door",
    "open_ticket",
    "open_way",
    "open_with_friends",
    "own_bell",
    "parted_elsewhere",
    "put_ring",
    "read_shared",
    "readers_of",
    "refill_tally",
    "release",
    "ring_bell",
    "rings_due",
    "running",
    "safety_words_with",
    "seal_push",
    "seal_ticket",
    "sealed_export",
    "send_note",
    "sender_key",
    "sender_says",
    "sessions",
    "set_setting",
    "setting",
    "share",
    "silent_channels",
    "stop_waiting",
    "swap_bell",
    "take_in_answers",
    "take_in_new_keys",
    "take_note_back",
    "take_part",
    "take_ring",
    "tallies_there",
    "tally_carries",
    "tally_id",
    "tally_says",
    "ticket_age",
    "tidy",
    "unshare",
    "use_once",
    "wait_at_the_door",
    "what_became_of",
    "withdraw",
]

Setting = TypeVar("Setting", bound=Record)


def setting(name: str, type_: type[Setting]) -> Setting:
    """A readable setting of the whole programme, or its defaults. Nothing about a person lies here."""
    body = current().store.value("SELECT body FROM setting WHERE name = ?", (name,))
    return type_() if body is None else msgspec.json.decode(body, type=type_)


def change_setting(name: str, type_: type[Setting], change: Callable[[Setting], Setting]) -> None:
    """Keep a readable setting differently. `change` gets what is kept at that moment; it may be called again."""
    store = current().store
    for _ in range(ATTEMPTS):
        old = store.value("SELECT body FROM setting WHERE name = ?", (name,))
        record = change(type_() if old is None else msgspec.json.decode(old, type=type_))
        body = msgspec.json.encode(record).decode()
        if old is None:
            op = Op("INSERT INTO setting (name, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, body), 1)
        else:
            op = Op("UPDATE setting SET body = ? WHERE name = ? AND body = ?", (body, name, old), 1)
        try:
            return store.commit([op])
        except Changed:
            continue
    raise Changed


def set_setting(name: str, record: Record) -> None:
    """Keep a readable setting, whatever was there."""
    change_setting(name, type(record), lambda _: record)


def address_code(name: str) -> str:
    """Six letters for a page's address, different in every installation: history names no page."""
    code = suite.tag(current().secret("address"), suite.ctx("address", name), 4)
    return base64.b32encode(code).decode().lower()[:6]


def last_time(space: Space) -> tuple[dt.datetime, str]:
    """When the space was last changed, and the two seal words to compare (VAULT 3.3)."""
    return space.saved_at(), space.seal_words()


def end_what_is_over() -> int:
    """Take away every published copy whose last day is over where the programme is. Gives how many."""
    return timers.end_what_is_over(current(), clock.here().date())


def tidy() -> None:
    """Empty both journals, so that nothing erased waits in them longer than it must."""
    for store in (current().store, current().lifelines):
        store.commit((), truncate=True)

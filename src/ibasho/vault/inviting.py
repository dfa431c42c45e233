"""Invitations as five spoken words: never a link, one use, seven days, five openings (VAULT 1.4).

The words come to a locator and a key; the row under the locator holds a sealed box and counts how
often the right words were given. An invitation by a person carries their public keys, and the
answer proves that it came from somebody who had the words: a host that swaps a key is seen.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass, field

import msgspec

from ibasho.vault import clock, core, doors, suite, throttle
from ibasho.vault.core import Vault
from ibasho.vault.errors import AlreadyThere, Changed, NoInvitation, NotGranted, Tampered
from ibasho.vault.identity import Identity, check_public, seal_to
from ibasho.vault.manifest import Contact, Invited, Manifest
from ibasho.vault.sharing import new_keys_note
from ibasho.vault.space import Space
from ibasho.vault.store import Op, drop_post_box, put_post
from ibasho.vault.words import INVITATION_WORDS, clean_words, new_words

DAYS = 7
OPENINGS = 5
REMEMBERED = 30  # days an invitation that is over is still listed for its giver
ALLY, BESIDE = "ally", "beside"  # the two ends of one friendship, as each of them keeps it


class _Letter(msgspec.Struct):
    """What lies under an invitation's locator."""

    kind: str
    inviter: bytes = b""
    reply: bytes = b""


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation that was opened with its words. Fit to travel in a ticket."""

    kind: str
    locator: bytes = field(repr=False)
    inviter: bytes = field(default=b"", repr=False)
    reply: bytes = field(default=b"", repr=False)
    proof: bytes = field(default=b"", repr=False)


class _Answer(msgspec.Struct):
    public: bytes
    proof: bytes
    to_me: bytes
    to_you: bytes


def _stretch(vault: Vault, words: str) -> tuple[bytes, bytes, bytes]:
    """Locator, key and proof key of an invitation's words."""
    stretched = throttle.stretched(vault, clean_words(words), "invitation")
    names = ("invitation-locator", "invitation-key", "invitation-proof")
    locator, key, proof = (suite.expand(stretched, suite.ctx(name)) for name in names)
    return locator, key, proof


def _plan_invitation(vault: Vault, words: str, letter: _Letter) -> tuple[Op, bytes, bytes, dt.date]:
    locator, key, proof = _stretch(vault, words)
    due = clock.instant().date() + dt.timedelta(days=DAYS)
    body = suite.seal_padded(key, suite.ctx("invitation", locator), msgspec.json.encode(letter).ljust(3000))
    op = Op(
        "INSERT INTO invitation (locator, due_day, openings, body) VALUES (?, ?, ?, ?)",
        (locator, due.toordinal(), OPENINGS, body),
    )
    return op, locator, proof, due


def host_invite(kind: str) -> str:
    """Words for somebody's invitation, given by whoever runs the machine. No keys to pin."""
    vault, words = core.current(), new_words(INVITATION_WORDS)
    op, *_ = _plan_invitation(vault, words, _Letter(kind))
    vault.store.commit([op])
    return words


def invite(space: Space, kind: str, name: str = "") -> str:
    """Words for somebody's invitation, given by a person, whose keys will be pinned."""
    vault, words, reply = core.current(), new_words(INVITATION_WORDS), secrets.token_bytes(16)
    op, locator, proof, due = _plan_invitation(vault, words, _Letter(kind, space.identity.public, reply))

    def plan(manifest: Manifest) -> list[Op]:
        long_over = clock.instant().date() - dt.timedelta(days=REMEMBERED)
        manifest.invited = [one for one in manifest.invited if one.due > long_over]
        manifest.invited.append(Invited(locator, kind, due, reply, proof, name))
        return [op]

    space._write(plan)
    return words


def withdraw(space: Space, invitation_id: bytes) -> None:
    """Take an invitation back; its words open nothing from now on."""

    def plan(manifest: Manifest) -> list[Op]:
        gone = [one for one in manifest.invited if one.id == invitation_id]
        manifest.invited = [one for one in manifest.invited if one.id != invitation_id]
        ops = [Op("DELETE FROM invitation WHERE locator = ?", (one.id,)) for one in gone]
        return ops + [drop_post_box(one.reply) for one in gone]

    space._write(plan, truncate=True)


def invitations(space: Space) -> list[Invited]:
    """The invitations this person gave, newest first, with what became of them."""
    return list(reversed(space._manifest.invited))


def what_became_of(invited: Invited) -> str:
    """open, over, joined or swapped. Invitations end by this calendar, which is UTC."""
    is_over = invited.state == "open" and invited.due < clock.instant().date()
    return "over" if is_over else invited.state


def look_at_invitation(words: str) -> Invite:
    """Open an invitation with its words, counting one of five openings.

    Raises BadWords, Busy, and NoInvitation for unknown, used, expired or too often opened.
    """
    vault = core.current()
    locator, key, proof = _stretch(vault, words)
    today = clock.instant().date().toordinal()
    rows = vault.store.rows("SELECT due_day, body FROM invitation WHERE locator = ?", (locator,))
    try:
        vault.store.commit(
            [
                Op(
                    "UPDATE invitation SET openings = openings - 1"
                    " WHERE locator = ? AND openings > 0 AND due_day >= ? AND due_day <= ?",
                    (locator, today, today + DAYS),
                    1,
                )
            ]
        )
        raw = suite.unseal_padded(key, suite.ctx("invitation", locator), bytes(rows[0][1]))
    except (Changed, IndexError, Tampered):
        raise NoInvitation from None
    letter = msgspec.json.decode(raw, type=_Letter)
    return Invite(letter.kind, locator, letter.inviter, letter.reply, proof)


def join(invite: Invite, words: str) -> Space:
    """Make the newcomer's space, use the invitation up and send the answer, in one moment.

    Raises NoInvitation when somebody else used it meanwhile.
    """

    def also(space: Space, manifest: Manifest) -> list[Op]:
        ops = [Op("DELETE FROM invitation WHERE locator = ?", (invite.locator,), 1)]
        return [*ops, *plan_answer(space, manifest, invite)] if invite.inviter else ops

    try:
        return doors.make_space(words, also=also)
    except Changed:
        raise NoInvitation from None


def accept(space: Space, invite: Invite) -> Contact:
    """Somebody who has a place here already takes an invitation of another person. Gives them as a contact.

    Raises NoInvitation when it was used meanwhile, or is one's own; AlreadyThere where the two know each other so.
    """
    if not invite.inviter or suite.same(invite.inviter, space.identity.public):
        raise NoInvitation
    kind = BESIDE if invite.kind == ALLY else invite.kind
    if any(
        one.kind == kind and suite.same(one.public, invite.inviter)
        for one in space._manifest.contacts.values()
    ):
        raise AlreadyThere
    pinned: list[Contact] = []

    def plan(manifest: Manifest) -> list[Op]:
        if not space._vault.store.rows("SELECT 1 FROM invitation WHERE locator = ?", (invite.locator,)):
            raise NoInvitation
        before = set(manifest.contacts)
        ops = plan_answer(space, manifest, invite)
        pinned[:] = [contact for one, contact in manifest.contacts.items() if one not in before]
        return [Op("DELETE FROM invitation WHERE locator = ?", (invite.locator,), 1), *ops]

    space._write(plan)
    return pinned[0]


def plan_answer(space: Space, manifest: Manifest, invite: Invite) -> list[Op]:
    """Pin the inviter, and send them keys to pin, with the proof that the words were known."""
    mine = space.identity.public
    proof = _prove(invite.proof, mine, invite.inviter)
    answer = _Answer(mine, proof, secrets.token_bytes(16), secrets.token_bytes(16))
    kind = BESIDE if invite.kind == ALLY else invite.kind
    contact = Contact(
        secrets.token_hex(8), invite.inviter, outbox=answer.to_you, inbox=answer.to_me, kind=kind
    )
    manifest.contacts[contact.id] = contact
    body = seal_to(invite.inviter, suite.pad(msgspec.json.encode(answer)), suite.ctx("answer"))
    return [put_post(invite.reply, body)]


def _prove(key: bytes, joined: bytes, inviter: bytes) -> bytes:
    return hmac.digest(key, suite.ctx("invite", joined, inviter), "sha512")


def take_in_answers(space: Space) -> list[Invited]:
    """Pin the keys of those who joined. One whose proof fails is marked `swapped` (attack 9).

    Somebody invited before a change of words answered to the keys of then: they are told the new ones.
    """
    vault = core.current()
    answered: dict[bytes, tuple[_Answer, Identity] | None] = {}
    for invited in space._manifest.invited:
        if invited.state == "open":
            rows = vault.store.rows("SELECT body FROM post WHERE box = ?", (invited.reply,))
            if rows:
                answered[invited.id] = _check(space, invited, bytes(rows[0][0])) if len(rows) == 1 else None
    if not answered:
        return []

    def plan(manifest: Manifest) -> list[Op]:
        ops = []
        for invited in manifest.invited:
            if invited.id not in answered:
                continue
            ops.append(drop_post_box(invited.reply))
            good = answered[invited.id]
            if good is None:
                invited.state = "swapped"
                continue
            answer, known_as = good
            one = Contact(
                secrets.token_hex(8), answer.public, answer.to_me, answer.to_you, invited.kind, invited.name
            )
            manifest.contacts[one.id] = one
            invited.state, invited.contact = "joined", one.id
            if known_as is not space.identity:
                ops.append(put_post(one.outbox, new_keys_note(known_as, space.identity.public, one.public)))
        return ops

    space._write(plan)
    return [one for one in space._manifest.invited if one.id in answered]


def _check(space: Space, invited: Invited, body: bytes) -> tuple[_Answer, Identity] | None:
    """The answer, and which of this person's identities it was made for; None for a forged one."""
    for identity in space.identities():
        try:
            answer = msgspec.json.decode(identity.open_padded(body, suite.ctx("answer")), type=_Answer)
            check_public(answer.public)
        except (NotGranted, msgspec.MsgspecError):
            continue
        if suite.same(_prove(invited.proof, answer.public, identity.public), answer.proof):
            return answer, identity
    return None


def forget_expired() -> int:
    """Remove invitations whose seven days are over (nightly). Gives how many."""
    vault = core.current()
    today = clock.instant().date().toordinal()
    rows = vault.store.rows("SELECT locator FROM invitation WHERE due_day < ? OR openings <= 0", (today,))
    if rows:
        ops = [Op("DELETE FROM invitation WHERE locator = ?", (bytes(row[0]),)) for row in rows]
        vault.store.commit(ops, truncate=True)
    return len(rows)

"""What people do about themselves and at the door. Nothing else writes a profile."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ibasho import vault
from ibasho.circle import actions as circle
from ibasho.errors import IbashoError, NotFound
from ibasho.people import access, friends
from ibasho.people.records import ROLES, Agreement, Profile
from ibasho.programme import access as programme
from ibasho.programme.days import today
from ibasho.programme.records import altered
from ibasho.vault import clock, sessions

TAKE_ALONG_WAIT = 10.0  # seconds

TAKE_ALONG_AT_ONCE = 2
MOST_WAIT_TO_TAKE_ALONG = 2  # each of them holds a thread

_taking_along = threading.BoundedSemaphore(TAKE_ALONG_AT_ONCE)
_line = threading.BoundedSemaphore(TAKE_ALONG_AT_ONCE + MOST_WAIT_TO_TAKE_ALONG)

INVITATIONS_STAY = dt.timedelta(days=30)  # on their giver's list, after they ended


class NotTheirWords(IbashoError):
    """The words typed as proof do not open this space."""

    message = gettext_lazy("These are not the words that open your place. Nothing was changed.")
    status = 403


class SomebodyWasFaster(IbashoError):
    """Two people had the same invitation, and the other one finished first."""

    message = gettext_lazy(
        "Somebody else has just used this invitation. It is not your doing. The person who invited you can give you "
        "new words; tell them that these were used, so that they can look who it was."
    )
    status = 409


class DoorsNotOpen(IbashoError):
    """Members cannot be invited, or join, before the programme is set up (DOMAIN 4.3)."""

    message = gettext_lazy("This place is still being set up. Members can come in once the doors are open.")
    status = 403


# Coming ------------------------------------------------------------------------------------------


def words_for(kind: str) -> int:
    """How many words somebody is given: one more for those who see more of others (VAULT 1.1)."""
    return vault.DOOR_WORDS if kind == "member" else vault.HELPER_WORDS


def look_at(typed: str) -> vault.Invite:
    """Open an invitation. Raises what the vault raises, and DoorsNotOpen for those who come too early."""
    invite = vault.look_at_invitation(typed)
    if invite.kind not in (*ROLES, vault.ALLY):
        raise vault.NoInvitation
    if invite.kind != "facilitator" and not programme.is_open():
        raise DoorsNotOpen
    return invite


def join(invite: vault.Invite, words: str, *, name: str, language: str, agreed: int) -> vault.Space:
    """A newcomer has a place of their own, behind their words. Sent twice, it is the same place.

    Raises SomebodyWasFaster, DoorsNotOpen.
    """
    if invite.kind != "facilitator" and not programme.is_open():
        raise DoorsNotOpen
    try:
        space = vault.join(invite, words)
    except vault.NoInvitation:
        try:
            space = vault.open_door(words)
        except vault.NoDoor:
            raise SomebodyWasFaster from None
    if access.profile(space).joined_on is None:
        day = today()
        change_profile(
            space,
            name=name,
            roles=() if invite.kind == vault.ALLY else (invite.kind,),
            language=language,
            joined_on=day,
            agreed=Agreement(agreed, day),
            shown_around=False,
        )
        if invite.kind == vault.ALLY:
            circle.come_as_ally(space)
    return space


def accept(space: vault.Space, typed: str) -> str:
    """Somebody who has a place here takes an invitation too. Gives what it was for.

    A friend's makes them that friend's ally; one for members makes a member of somebody who came as an ally. Helpers
    and facilitators begin with longer words, in a place made for that (VAULT 1.1). Raises what `look_at` raises.
    """
    invite = look_at(typed)
    if not invite.inviter or invite.kind not in (vault.ALLY, "member"):
        raise vault.NoInvitation
    vault.accept(space, invite)
    if invite.kind == "member":
        change_profile(space, roles=tuple(dict.fromkeys([*access.profile(space).roles, "member"])))
        circle.become_member(space)
    circle.come_in(space)
    return invite.kind


def change_profile(space: vault.Space, **changes: Any) -> None:
    """Keep something about oneself differently."""
    space.change_own(Profile, lambda mine: altered(mine, **changes))


def understand_anew(space: vault.Space) -> None:
    """Keep that today's telling of what people are told was read and understood (DOMAIN 4.2)."""
    change_profile(space, agreed=Agreement(programme.programme().telling, today()))


# Words -------------------------------------------------------------------------------------------


def prove(space: vault.Space, typed: str) -> None:
    """Pass when these words, or the printed ones, open this space. Raises NotTheirWords, Busy."""
    try:
        opened = vault.open_door(typed)
    except (vault.NoDoor, vault.BadWords):
        raise NotTheirWords from None
    if opened.fingerprint != space.fingerprint:
        raise NotTheirWords


def new_words_for(space: vault.Space) -> str:
    """Fresh words to look at; they open nothing until `change_words`."""
    profile = access.profile(space)
    kind = "member" if profile.roles in ((), ("member",)) else "helper"
    return vault.new_words(words_for(kind), profile.language)


def change_words(space: vault.Space, words: str) -> vault.Space:
    """Everything is behind new words; the old ones, the printed ones and every other session are shut.

    Nobody who asked this person's friends to be let in comes any further.
    """
    moved = vault.change_words(space, words)
    sessions.leave_everywhere(space)
    with suppress(vault.StorageTrouble, vault.Changed):  # what was begun before opens nothing now
        friends.forget_who_asked(moved)
    change_profile(moved, practised=False)
    return moved


def make_recovery_words(space: vault.Space) -> str:
    """Eight words that open this space as well. Printed ones from before open nothing now."""
    words = vault.new_words(vault.RECOVERY_WORDS, access.profile(space).language)
    vault.add_door(space, words, "recovery")
    return words


# Inviting ----------------------------------------------------------------------------------------


def give_invitation(space: vault.Space, *, kind: str, name: str) -> str:
    """Five words to hand over. Raises NotFound for all but facilitators, DoorsNotOpen."""
    access.only_facilitators(space)
    if kind not in ROLES:
        raise NotFound
    if kind != "facilitator" and not programme.is_open():
        raise DoorsNotOpen
    return vault.invite(space, kind, name)


def let_old_invitations_go(space: vault.Space) -> None:
    """Invitations that ended a month ago are forgotten, with the note for whom they were (DOMAIN 10.5)."""
    last = clock.instant().date() - INVITATIONS_STAY
    for one in vault.invitations(space):
        if one.due < last:
            vault.withdraw(space, one.id)


def withdraw_invitation(space: vault.Space, invitation: str) -> None:
    """An invitation's words open nothing from now on. Raises NotFound for one this person did not give."""
    found = [one for one in vault.invitations(space) if one.id.hex() == invitation]
    if not found:
        raise NotFound
    vault.withdraw(space, found[0].id)


# Taking along, and going -------------------------------------------------------------------------


class OthersTakeAlong(IbashoError):
    """An export holds all of somebody's pictures at once: decision 0009."""

    message = gettext_lazy("Others are taking their things along just now. You can ask again in a moment.")
    status = 503
    retry_after = 30


@contextmanager
def taking_along() -> Iterator[None]:
    """Two exports are made at a time, and two wait. Raises OthersTakeAlong."""
    if not _line.acquire(blocking=False):
        raise OthersTakeAlong
    try:
        if not _taking_along.acquire(timeout=TAKE_ALONG_WAIT):
            raise OthersTakeAlong
        try:
            yield
        finally:
            _taking_along.release()
    finally:
        _line.release()


def everything(space: vault.Space) -> Iterator[tuple[str, bytes]]:
    """Every file of an export, with a note on top that says how to open them."""
    yield "READ-ME.txt", _read_me().encode()
    yield from vault.export(space)


def erase_everything(space: vault.Space, typed: str) -> None:
    """Nothing of this person is left, nor any session. Raises NotTheirWords."""
    prove(space, typed)
    vault.burn(space)
    sessions.leave_everywhere(space)


def _read_me() -> str:
    return _(
        "These are your own papers.\n"
        "\n"
        "Files ending in .txt can be read as they are. Files ending in .json hold the same and everything else, for\n"
        "programs; any text editor shows them too. Pictures lie in a folder of their own.\n"
        "\n"
        "If they came in one sealed file: the program that opens it is called age, from age-encryption.org, and is\n"
        "free. Put the one line that begins with AGE-SECRET-KEY- into a file called key.txt, and type\n"
        "\n"
        "    age --decrypt -i key.txt papers.tar.age > papers.tar\n"
        "    tar -xf papers.tar\n"
        "\n"
        "Whoever has the file and that line can read everything. Keep them in two places.\n"
    )

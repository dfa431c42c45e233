"""Letting somebody back in: choosing three friends, losing one's words, waiting; a friend's side; stopping it."""

from contextlib import suppress
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ibasho import vault
from ibasho.circle import access as circle
from ibasho.circle import home
from ibasho.errors import IbashoError
from ibasho.people import actions, door, drafts, friends
from ibasho.people.forms import MOST_TYPED, clean_name, same_words
from ibasho.programme import access as programme
from ibasho.programme.days import in_words
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address
from ibasho.web.pages import SeeOther, page

MINUTES = 60


class Lost(msgspec.Struct):
    """New words on their way to a place to wait in. Sealed between the steps."""

    words: str

    def __repr__(self) -> str:
        return "<Lost ***>"


# Choosing three -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: Visit) -> HttpResponse:
    """Who lets this person back in. One's words are asked for: whoever finds the page open chooses nobody."""
    said: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        said = {"ticked": request.POST.getlist("friend"), "typed": request.POST.get("words", "")[:MOST_TYPED]}
        try:
            with vault.Tries(door.network_of(request)):
                actions.prove(request.space, said["typed"])
            if request.POST.get("to") == "nobody":
                friends.let_nobody(request.space)
            else:
                friends.choose(request.space, said["ticked"])
            return SeeOther(address("friends-let-in") + "?kept")
        except (actions.NotTheirWords, vault.TooManyTries, vault.Busy) as error:
            said["message"], status = str(error.message), error.status
        except (friends.ThreePlease, friends.TheSameTwice, vault.StorageTrouble) as error:
            said["wrong"], status = [str(error.message)], error.status
    now = friends.friends_of(request.space)
    context = {
        "now": now,
        "since": in_words(now.since) if now else "",
        "choices": [(one.id, one.name) for one in circle.choices(request.space)],
        "ticked": now.ids if now else (),
        "left": friends.who_left(request.space),
        "kept": "kept" in request.GET,
        "typed": "",
        "message": "",
        "wrong": (),
    }
    return page(request, "people/friends_choose.html", context | said, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: Visit) -> HttpResponse:
    """Somebody asked this person's friends to let them in: stop it here, or leave it; then on to what waits."""
    said = request.POST if request.method == "POST" else request.GET
    back, draft = door.way_back(said.get("back", "")), request.POST.get("draft", "")
    if request.method != "POST":
        return door.asked_page(request, request.space, stopped="stopped" in said, back=back)
    if said.get("to") == "stop":
        friends.stop(request.space)
        if draft or back:
            return door.asked_page(request, request.space, stopped=True, back=back, draft=draft)
        return SeeOther(address("friends-asked") + "?stopped")
    found = drafts.unseal(draft, request.cookie_value, request.space)
    if found is not None:
        return door.draft_page(request, request.space, found)
    return SeeOther(back or door.home_of(request.space))


# Having lost one's words --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """New words for a place to wait in, typed back once. It says nothing of whether anybody is known here."""
    to = request.POST.get("to", "") if request.method == "POST" else ""
    if to == "begin":
        return _begin(request)
    if not to:
        return _explain(request)
    try:
        so_far = vault.open_ticket(request.POST.get("state", ""), Lost, "lost")
    except vault.BadTicket as error:
        return _explain(request, str(error.message), error.status)
    if to == "other":
        so_far.words = _draw()
    if to == "type":
        return _type_back(request, so_far)
    if to == "done":
        return _wait(request, so_far)
    return _show(request, so_far)


def _draw() -> str:
    language = get_language() or ""
    return vault.new_words(vault.DOOR_WORDS, language if language in vault.LANGUAGES else "en")


def _explain(request: HttpRequest, message: str = "", status: int = 200) -> HttpResponse:
    context = {"message": message, "ticket": door.new_ticket(), "help_href": programme.way_to_lines()}
    return page(request, "people/lost.html", context, status=status)


def _begin(request: HttpRequest) -> HttpResponse:
    try:
        door.take_ticket(request.POST.get("ticket", ""))
    except (vault.BadTicket, vault.Busy) as error:
        return _later(_explain(request, str(error.message), error.status), error)
    return _show(request, Lost(_draw()))


def _later(response: HttpResponse, error: IbashoError) -> HttpResponse:
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _show(request: HttpRequest, so_far: Lost) -> HttpResponse:
    context = {"state": vault.seal_ticket(so_far, "lost", MINUTES), "words": so_far.words}
    return page(request, "people/lost_words.html", context)


def _type_back(
    request: HttpRequest, so_far: Lost, message: str = "", status: int = 200, typed: str = ""
) -> HttpResponse:
    context = {
        "state": vault.seal_ticket(so_far, "lost", MINUTES),
        "count": len(so_far.words.split()),
        "message": message,
        "typed": typed,
        "to": address("lost-words"),
        "done": _("Wait for my friends"),
    }
    return page(request, "people/new_words_back.html", context, status=status)


def _wait(request: HttpRequest, so_far: Lost) -> HttpResponse:
    typed = request.POST.get("words", "")[:MOST_TYPED]
    if not same_words(typed, so_far.words):
        message = _("These are not quite the same words in the same order. You can look at them once more.")
        return _type_back(request, so_far, message, 422, typed)
    try:
        with vault.Tries(door.network_of(request), always=True):
            waiting = friends.begin_to_wait(so_far.words)
    except (vault.Busy, vault.TooManyTries, vault.TooManyWait, vault.StorageTrouble) as error:
        return _later(_type_back(request, so_far, str(error.message), error.status, typed), error)
    return door.begin(request, waiting, so_far.words).hand_over(SeeOther(address("waiting")))


@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: Visit) -> HttpResponse:
    """Where somebody waits for two of their friends: words for each, how far it is, and coming home."""
    if not vault.is_waiting(request.space):
        raise vault.NotFound
    friends.tend(request.space)
    to = request.POST.get("to", "") if request.method == "POST" else ""
    if to == "words":
        name = clean_name(request.POST.get("name", ""))
        words = friends.words_for_a_friend(request.space, name)
        return page(request, "people/waiting_words.html", {"words": words, "name": name, "signed_in": False})
    if to == "home":
        return _come_home(request)
    if to == "stop":
        vault.stop_waiting(request.space)
        request.space = None  # type: ignore[assignment]
        response = door.sign_in_page(request, note=_("You wait no longer, and nothing of it is left."))
        door.close(response)
        return response
    return _waiting(request)


def _waiting(request: Visit, message: str = "", status: int = 200, typed: str = "") -> HttpResponse:
    codes = friends.codes(request.space)
    context = {
        "codes": [(one, friends.moment(one.free_from) if one.free_from else "") for one in codes],
        "more": len(codes) < friends.MOST_CODES,
        "two": friends.may_come_home(request.space),
        "message": message,
        "typed": typed,
        "signed_in": False,  # no other page of the house is there for them, so none is offered
    }
    return page(request, "people/waiting.html", context, status=status)


def _come_home(request: Visit) -> HttpResponse:
    typed = request.POST.get("words", "")[:MOST_TYPED]
    try:
        with vault.Tries(door.network_of(request)):
            space = friends.come_home(request.space, vault.clean_words(typed))
    except (vault.NoDoor, vault.BadWords):
        message = _(
            "These are not the words you wait with. Look at your paper; the others open nothing any more."
        )
        return _waiting(request, message, vault.NoDoor.status, typed)
    except (
        friends.NotYetTwo,
        friends.Stopped,
        vault.Busy,
        vault.TooManyTries,
        vault.StorageTrouble,
    ) as error:
        return _later(_waiting(request, str(error.message), error.status, typed), error)
    request.space = space
    begun = door.begin(request, space, vault.clean_words(typed))
    door.settle(space)
    return begun.hand_over(page(request, "people/come_home.html", {"home": door.home_of(space)}))


# A friend -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def listen(request: Visit) -> HttpResponse:
    """Somebody I stand by lost their words: type the five they say."""
    typed, message, status = "", "", 200
    with suppress(vault.StorageTrouble, vault.Changed):
        friends.tend(request.space)
    if request.method == "POST":
        typed = request.POST.get("words", "")[:MOST_TYPED]
        try:
            with vault.Tries(door.network_of(request)):
                words = vault.clean_words(typed)
                return SeeOther(address("lost-friend-one", friends.listen(request.space, words)))
        except (vault.NoInvitation, vault.BadWords):
            message = _("These words open nothing now. Ask to hear them once more, slowly.")
            status = vault.NoInvitation.status
        except (friends.NotForThis, vault.TooManyTries, vault.Busy, vault.StorageTrouble) as error:
            message, status = str(error.message), error.status
    context = {
        "typed": typed,
        "message": message,
        "standings": friends.standings(request.space),
        "holds": [one.name for one in friends.for_whom(request.space)],
    }
    return page(request, "people/lost_friend.html", context | {"here": "beside"}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def one_friend(request: Visit, waits: str) -> HttpResponse:
    """The four words to compare by voice, whom it is for, and how long it still takes."""
    with suppress(vault.StorageTrouble, vault.Changed):
        friends.tend(request.space)
    friends.standing(request.space, waits)
    wrong, status, whose = "", 200, ""
    if request.method == "POST":
        whose, to = request.POST.get("whose", ""), request.POST.get("to", "")
        if to == "not":
            friends.not_them(request.space, waits)
            return SeeOther(address("lost-friend"))
        if to == "heard" and request.POST.get("voice") != "yes":
            wrong, status = _("Only if you heard them yourself, and the four words are the same."), 422
        elif to == "heard":
            try:
                friends.heard_the_voice(request.space, waits, whose)
                return SeeOther(address("lost-friend-one", waits))
            except (friends.NobodyOfTheirs, vault.StorageTrouble) as error:
                wrong, status = str(error.message), error.status
    found = friends.standing(request.space, waits)
    context = {
        "one": found,
        "free_from": friends.moment(found.free_from) if found.free_from else "",
        "whom": [(one.id, one.name) for one in friends.for_whom(request.space)],
        "whose": whose,
        "wrong": wrong,
        "here": "beside",
    }
    return page(request, "people/lost_friend_one.html", context, status=status)


def _at_home(space: vault.Space) -> dict[str, Any] | None:
    """The part of an ally's home that leads here."""
    names = [one.name for one in friends.for_whom(space)]
    standing = any(one.state == "new" for one in friends.standings(space))
    return {"names": names, "standing": standing} if names or standing else None


def _somebody_asked(space: vault.Space) -> dict[str, Any] | None:
    """The part of that home that says so where somebody asked."""
    return {} if friends.somebody_asked(space) else None


home.section("friends-asked", 0, "people/_friends_asked.html", _somebody_asked)
home.section("lost-friend", 90, "people/_lost_friend.html", _at_home)

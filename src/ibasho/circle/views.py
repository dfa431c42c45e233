"""Which page answers: one's circle, a person in it, what they see; and the small home of those who stand beside."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ibasho import vault
from ibasho.circle import access, actions, home, words
from ibasho.circle.forms import NameForm, ShowForm, WishesForm, days_to_choose
from ibasho.circle.offers import Offer, an_offer, offers
from ibasho.circle.records import ANSWERS, MOST_LINES, WAITS
from ibasho.errors import NotFound
from ibasho.programme.days import today
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address, spelt, token_in
from ibasho.web.forms import NOT_JUST_NOW, whole_number
from ibasho.web.pages import SeeOther, jpeg, page

PART = "told"


# One's own circle -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: Visit) -> HttpResponse:
    """Everybody in it, and what each may see."""
    space = request.space
    if request.method == "POST":
        actions.have_read_who_left(space)
        return SeeOther(address("circle"))
    actions.come_in(space)
    people = access.allies(space)
    context = {
        "people": people,
        "invited": access.invited(space),
        # What has ended and might be shown again (DOMAIN 3.1).
        "again": [(one.id, one.name, grant) for one in people for grant in one.grants if grant.over],
        "left": access.circle_of(space).stepped_back,
        "beside": access.beside(space),
    }
    return page(request, "circle/circle.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Visit) -> HttpResponse:
    """Give a friend five words, or take an invitation back."""
    form, said, status = NameForm(), "", 200
    if request.method == "POST":
        if "withdraw" in request.POST:
            actions.withdraw(request.space, request.POST["withdraw"])
            return SeeOther(address("circle"))
        form = NameForm.read(
            request.POST, needed=_("A name belongs here, so that you can tell people apart.")
        )
        status = 422
        if not form.errors:
            try:
                words_ = actions.invite(request.space, name=form.name)
            except (actions.CircleIsFull, actions.NotYetOpen, vault.StorageTrouble) as error:
                said, status = str(error.message), error.status
            else:
                return _page(request, "invited", {"words": words_, "name": form.name})
    return _page(request, "invite", {"form": form, "said": said}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Visit, contact: str) -> HttpResponse:
    """One person: what they may see, their safety words, their name."""
    space, form, status = request.space, None, 200
    if request.method == "POST":
        to = request.POST.get("to", "")
        if to == "take":
            actions.take_back(space, contact, an_offer(request.POST.get("thing", "")).key)
            return SeeOther(address("circle-person", contact) + "?taken")
        access.contact(space, contact, vault.ALLY)
        if to == "compared":
            actions.have_compared(space, contact)
            return SeeOther(address("circle-person", contact))
        form = NameForm.read(
            request.POST, needed=_("A name belongs here, so that you can tell people apart.")
        )
        if not form.errors:
            actions.name_friend(space, contact, name=form.name)
            return SeeOther(address("circle-person", contact))
        status = 422
    one = access.ally(space, contact)
    shown = {grant.thing for grant in one.grants if not grant.over}
    context = {
        "one": one,
        "which": _which(space, contact),
        "more": [offer for offer in offers() if offer.key not in shown],
        "form": form or NameForm(access.named(space, one.id)),
        "kept": "kept" in request.GET,
        "taken": "taken" in request.GET,
    }
    return _page(request, "person", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Visit, shown: str) -> HttpResponse:
    """Let one person see one thing: which of it, and until when."""
    contact, _dash, thing = shown.partition("-")
    one, offer = access.ally(request.space, contact), an_offer(thing)
    options = _options(request.space, offer)
    grant = access.friend_of(request.space, contact).grants.get(thing)
    form, said, status = ShowForm(choice=grant.choice if grant else ()), "", 200
    if request.method == "POST":
        form, status = ShowForm.read(request.POST, [one_ for one_, _said in options]), 422
        if offer.choices is not None and not options:
            said = _("There is nothing of this to show yet.")
        elif not form.errors:
            try:
                actions.show(request.space, contact, thing, until=form.until, choice=form.choice)
            except vault.StorageTrouble as error:
                said, status = str(NOT_JUST_NOW), error.status
            else:
                return SeeOther(address("circle-person", contact) + "?kept")
    context = {
        "one": one,
        "offer": offer,
        "options": options,
        "form": form,
        "days": days_to_choose(),
        "said": said,
        "to": address("circle-show", shown),
    }
    return _page(request, "show", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: Visit, contact: str) -> HttpResponse:
    """Ask once whether somebody shall go from one's circle; then they are not in it."""
    one = access.ally(request.space, contact)
    if request.method == "POST":
        actions.let_go(request.space, contact)
        return SeeOther(address("circle"))
    return _page(request, "part", {"one": one})


@require_http_methods(["GET", "HEAD", "POST"])
def had_to(request: Visit) -> HttpResponse:
    """Somebody had to be added: from now on they see a page on which nothing is written."""
    space = request.space
    people = access.allies(space)
    if request.method == "POST":
        # Only what was changed on this page: in another tab somebody else may have been ticked since.
        ticked, was = set(request.POST.getlist("had_to")), set(request.POST.getlist("was"))
        for one in people:
            if one.id in ticked or one.id in was:
                actions.mark_had_to(space, one.id, had_to=one.id in ticked)
        return SeeOther(address("circle-had-to") + "?kept")
    marked = [one.id for one in people if access.friend_of(space, one.id).had_to]
    context = {
        "options": [(one.id, one.name) for one in people],
        "marked": marked,
        "kept": "kept" in request.GET,
    }
    return _page(request, "had_to", context)


# Telling someone ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: Visit) -> HttpResponse:
    """Send somebody a ready line; see what came back."""
    space, said, status = request.space, "", 200
    if request.method == "POST":
        to = request.POST.get("to", "")
        if to == "hard":
            actions.say_it_is_hard(space)
        elif to == "all-right":
            actions.all_right_again(space)
        elif to == "unsay":
            actions.unsay(space, request.POST.get("contact", ""))
        else:
            lines, number = access.lines_of(space), whole_number(request.POST.get("line", ""))
            whom = tuple(request.POST.getlist("whom"))
            if number is None or number >= len(lines):
                raise NotFound
            if not whom:
                said, status = _("Somebody is missing: whom shall it go to?"), 422
            else:
                actions.tell(space, whom, line=lines[number])
        if not said:
            return SeeOther(address("tell"))
    people, wishes = access.choices(space), access.tell_wishes(space)
    there = [one.id for one in people]
    last = [one for one in wishes.last if one in there]
    told = access.told(space)
    context = {
        "people": people,
        "options": [(one.id, one.name) for one in people],
        "whom": request.POST.getlist("whom") or last or there[:1],
        "lines": list(enumerate(access.lines_of(space))),
        "told": told,
        "waited": any(one.waited for one in told),
        "waiting": any(not one.answer for one in told),
        "hard": access.is_hard(space),
        "signal": [
            one.name for one in people if any(g.thing == access.SIGNAL and not g.over for g in one.grants)
        ],
        "wait": words.minutes(wishes.wait_minutes),
        "said": said,
    }
    return page(request, "circle/tell.html", {"here": "circle", **context}, status=status, part=PART)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_wishes(request: Visit) -> HttpResponse:
    """One's own ready lines, and how long to wait."""
    form, status = WishesForm.of(access.tell_wishes(request.space)), 200
    if request.method == "POST":
        form, status = WishesForm.read(request.POST), 422
        if not form.errors:
            actions.keep_tell_wishes(request.space, lines=form.each, wait_minutes=int(form.wait))
            return SeeOther(address("tell"))
    context = {"form": form, "waits": [(str(one), words.minutes(one)) for one in WAITS], "most": MOST_LINES}
    return _page(request, "tell_wishes", context, status)


# Links ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: Visit) -> HttpResponse:
    """Show one thing for a day to somebody without an account."""
    space, said, status, made = request.space, "", 200, ""
    form, wrong = NameForm(), []
    able = [offer for offer in offers() if offer.by_link]
    thing, chosen = able[0].key, tuple(request.POST.getlist("choice"))
    if request.method == "POST":
        if "end" in request.POST:
            actions.end_link(space, request.POST["end"])
            return SeeOther(address("circle-links"))
        form, status = NameForm.read(request.POST), 422
        asked, keys = request.POST.get("thing", ""), [offer.key for offer in able]
        thing = asked if asked in keys else keys[0]
        known = [one for one, _said in _options(space, an_offer(thing))]
        if asked not in keys:
            said = _("That was not one of the answers. You can choose again.")
        elif an_offer(thing).choices and not set(known).intersection(chosen):
            wrong = [_("One of these at least, or there is nothing to show.")]
        elif not form.errors:
            try:
                made = spelt(actions.make_link(space, thing, choice=chosen, whom=form.name))
                form, chosen, status = NameForm(), (), 200
            except (actions.TooManyLinks, vault.StorageTrouble) as error:
                said, status = str(error.message), error.status
    context = {
        "able": [(offer.key, offer.label) for offer in able],
        "thing": thing,
        "parts": [(offer.label, options) for offer in able if (options := _options(space, offer))],
        "chosen": chosen,
        "wrong": wrong,
        "made": request.build_absolute_uri(address("seen", made)) if made else "",
        "open": access.links(space),
        "form": form,
        "said": said,
    }
    return _page(request, "links", context, status)


@require_safe
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows. One that ended and one that never was are the same page."""
    thing = access.opened_by(token_in(token))
    return page(request, "circle/seen.html", {"thing": thing}, status=200 if thing else 404, inline_css=True)


# Standing beside ------------------------------------------------------------------------------------


@require_safe
def beside(request: Visit) -> HttpResponse:
    """The small home of those who stand beside somebody."""
    space = request.space
    actions.come_in(space)
    context = {"people": access.beside(space), "heard": _heard(space), "sections": home.sections(space)}
    return page(request, "circle/beside.html", {"here": "beside", **context})


@require_http_methods(["GET", "HEAD", "POST"])
def beside_one(request: Visit, friend: str) -> HttpResponse:
    """One person this one stands beside: what they show, what they said."""
    space, form, status, said, whom = request.space, None, 200, "", ""
    one = access.beside_one(space, friend)
    if request.method == "POST":
        to = request.POST.get("to", "")
        asked = NameForm.read(request.POST)
        whom = asked.name
        if to in ANSWERS and asked.errors:
            said, status = asked.errors[0], 422
        elif to in ANSWERS:
            try:
                actions.answer(space, friend, mark=request.POST.get("mark", ""), answer=to, whom=whom)
            except NotFound:
                said, status = _("That line is not there any more, so nothing was answered."), 409
        elif to == "not-this-week":
            actions.not_this_week(space, friend, until=today() + dt.timedelta(days=7))
        elif to == "again":
            actions.not_this_week(space, friend, until=None)
        elif to == "compared":
            actions.have_compared(space, friend)
        else:
            form = NameForm.read(
                request.POST, needed=_("A name belongs here, so that you can tell people apart.")
            )
            if not form.errors:
                actions.name_friend(space, friend, name=form.name)
            status = 422
        if not said and not (form and form.errors):
            return SeeOther(address("beside-one", friend))
    context = {
        "one": one,
        "things": access.shown_to_me(space, friend),
        "heard": [heard for heard in _heard(space) if heard["it"].id == friend],
        "said": said,
        "whom": whom if said else "",
        "form": form or NameForm(access.named(space, one.id)),
    }
    return page(request, "circle/beside_one.html", {"here": "beside", **context}, status=status)


@require_safe
def beside_picture(request: Visit, picture: str) -> HttpResponse:
    """The picture of one thing that is shown to this person."""
    friend, _dash, thing = picture.partition("-")
    found = [one for one in access.shown_to_me(request.space, friend) if one.key == thing and one.jpeg]
    if not found:
        raise NotFound
    return jpeg(found[0].jpeg)


@require_http_methods(["GET", "HEAD", "POST"])
def step_back(request: Visit, friend: str) -> HttpResponse:
    """Ask once whether somebody wants to step back; then they are that person's ally no more."""
    one = access.beside_one(request.space, friend)
    if request.method == "POST":
        actions.step_back(request.space, friend)
        return SeeOther(address("beside"))
    return page(request, "circle/step_back.html", {"here": "beside", "one": one})


def _heard(space: vault.Space) -> list[dict[str, Any]]:
    return [{"it": one, "answers": words.ANSWERS.items()} for one in access.heard(space)]


# Together -------------------------------------------------------------------------------------------


def _options(space: vault.Space, offer: Offer) -> list[tuple[str, str]]:
    return list(offer.choices(space)) if offer.choices else []


def _which(space: vault.Space, contact: str) -> dict[str, list[str]]:
    """Of each thing that consists of parts, those that one person may see, as one chose them."""
    grants = access.friend_of(space, contact).grants
    return {
        offer.key: [said for one, said in _options(space, offer) if one in grants[offer.key].choice]
        for offer in offers()
        if offer.key in grants
    }


def _page(request: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return page(request, f"circle/{template}.html", {"here": "circle", **context}, status=status)

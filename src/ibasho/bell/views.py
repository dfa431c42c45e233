"""Which page answers: the bell, an address of e-mail, this browser, the line."""

import base64

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from ibasho import vault
from ibasho.bell import access, actions, ways, words
from ibasho.bell.forms import BrowserForm, MailForm
from ibasho.bell.records import LINES
from ibasho.errors import IbashoError
from ibasho.programme.days import in_words
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW, SAID
from ibasho.web.pages import SeeOther, page

DONE = ("rung", "on", "off", "thawed")


@require_http_methods(["GET", "HEAD", "POST"])
def bell(request: Visit) -> HttpResponse:
    """How somebody is rung; try it, turn one way off, or all of them."""
    if request.method == "POST":
        return SeeOther(f"{address('bell')}?{_do(request)}")
    now = access.bell(request.space)
    channels = [*now.browsers, *([now.mail] if now.mail else [])]
    context = {
        "bell": now,
        "line": words.LINES[now.line],
        "channels": [(one, in_words(one.since), in_words(one.silent_since)) for one in channels],
        "by_mail": ways.rings_by_mail(),
        "by_push": ways.rings_by_push(),
        "done": next((one for one in DONE if one in request.GET), ""),
        "here": "account",
    }
    return page(request, "bell/bell.html", context)


def _do(request: Visit) -> str:
    space, said = request.space, request.POST
    if "off" in said:
        actions.turn_off(space, said["off"])
        return "off"
    if "ring" in said:
        actions.ring_now(space)
        return "rung"
    if "freeze" in said:
        actions.freeze(space)
        return "frozen"
    if "thaw" in said:
        actions.thaw(space)
        return "thawed"
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: Visit) -> HttpResponse:
    """Turn e-mail on, or give another address."""
    kept = access.wishes(request.space).mail
    form = MailForm(initial={"address": kept.address if kept else ""})
    said, status = "", 200
    if request.method == "POST":
        form = MailForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                actions.turn_on_mail(request.space, address=form.cleaned_data["address"])
                return SeeOther(f"{address('bell')}?on")
            except vault.StorageTrouble as error:
                said, status = str(NOT_JUST_NOW), error.status
            except actions.NoSuchWay as error:
                said, status = str(error.message), error.status
    context = {
        "form": form,
        "said": [said] if said else [],
        "by_mail": ways.rings_by_mail(),
        "here": "account",
    }
    return page(request, "bell/mail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def browser(request: Visit) -> HttpResponse:
    """Turn this browser on: its script asks the browser, and sends what the browser gave."""
    said, status = "", 200
    if request.method == "POST":
        form = BrowserForm(request.POST)
        said, status = str(actions.NotThatService.message), actions.NotThatService.status
        if form.is_valid():
            try:
                actions.turn_on_browser(request.space, **form.cleaned_data)
                return SeeOther(f"{address('bell')}?on")
            except vault.StorageTrouble as error:
                said, status = str(NOT_JUST_NOW), error.status
            except IbashoError as error:
                said, status = str(error.message), error.status
    context = {
        "said": [said] if said else [],
        "by_push": ways.rings_by_push(),
        "sender": base64.urlsafe_b64encode(vault.sender_key()).rstrip(b"=").decode(),
        "here": "account",
    }
    return page(request, "bell/browser.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: Visit) -> HttpResponse:
    """Choose what is said."""
    errors, status = [], 200
    if request.method == "POST":
        if request.POST.get("line") in LINES:
            actions.choose_line(request.space, line=request.POST["line"])
            return SeeOther(address("bell"))
        errors, status = [SAID["invalid_choice"]], 422
    lines = [(one, words.LINES[one]) for one in LINES]
    context = {
        "lines": lines,
        "chosen": access.wishes(request.space).line,
        "errors": errors,
        "here": "account",
    }
    return page(request, "bell/line.html", context, status=status)

"""Pages about what is kept on a phone. Sealing and opening happen in the browser: static/pocket.js."""

import base64

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ibasho import vault
from ibasho.pocket import access, actions
from ibasho.pocket.forms import KeepCopy, token_of
from ibasho.pocket.records import KEEP_DAYS, USUAL_DAYS
from ibasho.programme.days import in_words
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address, known
from ibasho.web.pages import SeeOther, page

TOKEN = 32  # bytes
ANSWERS = {vault.Wanted.HOLDS: 204, vault.Wanted.OVER: 202, vault.Wanted.GONE: 410}


@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """What this phone keeps, opened with its PIN. The page itself holds nothing of anybody, and works offline."""
    return page(request, "pocket/here.html", {"lines_href": _where("help-lines")}, inline_css=True)


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Visit) -> HttpResponse:
    """Keep the plan on this phone; see which phones have it, and take it from one."""
    if request.method == "POST":
        actions.let_go(request.space, copy=request.POST.get("remove", ""))
        return SeeOther(address("pocket-keep") + "?removed")
    copies = access.copies(request.space)
    context = {
        "form": KeepCopy(),
        "has_plan": access.has_plan(request.space),
        "plan_href": _where("plan"),
        "removed": "removed" in request.GET,
        "copies": [(one, in_words(one.since), in_words(one.until)) for one in copies],
        "days": KEEP_DAYS,
        "usual": USUAL_DAYS,
    }
    return page(request, "pocket/keep.html", context)


@require_POST
def copy(request: Visit) -> HttpResponse:
    """The plan and a token, for the script of the page before to seal. No PIN comes along.

    With `ended`: the copy that came with this token lies on that phone no longer, because another one does, or because
    it could not be kept there.
    """
    if "ended" in request.POST:
        actions.end_copy(request.space, token=token_of(request.POST["ended"]))
        return HttpResponse(status=204)
    form = KeepCopy(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    given = actions.keep_on_phone(request.space, **form.cleaned_data)
    said = {"token": base64.b64encode(given.token).decode(), "copy": given.copy}
    return HttpResponse(msgspec.json.encode(said), content_type="application/json")


# Without a form token: the page that asks may be an old one, kept for when there is no connection, and the worker has
# no page at all. There is nothing to protect: nothing changes, nobody's session is looked at, and the answer is one of
# three about 32 random bytes that only this phone has. The type of the body keeps forms of other sites from sending it.
@csrf_exempt
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Whether the copy of whoever sends this token is still wanted. Anything but these three is no answer.

    204: it is. 202: it is over by our clock. 410: it was ended, or nobody knows of it.
    """
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    if elsewhere or request.content_type != "application/octet-stream":
        return HttpResponse(status=400)
    token = request.read(TOKEN + 1)
    if len(token) != TOKEN:
        return HttpResponse(status=400)
    return HttpResponse(status=ANSWERS[access.still_wanted(token)])


def _where(name: str) -> str:
    return address(name) if known(name) else ""

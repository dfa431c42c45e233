"""What is one's own: the account, other devices, taking everything along, erasing it; and inviting others."""

import io
import zipfile

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ibasho import vault
from ibasho.people import access, actions, door, friends
from ibasho.people.forms import MOST_TYPED, Invitation, Me
from ibasho.programme import access as programme
from ibasho.programme.days import in_words
from ibasho.programme.gate import Visit
from ibasho.vault import clock, sessions
from ibasho.web.addresses import address
from ibasho.web.pages import SeeOther, page

KEY_MINUTES = 60


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Visit) -> HttpResponse:
    """Everything about oneself in one place."""
    mine = access.profile(request.space)
    form = Me(initial={name: getattr(mine, name) for name in ("name", "language", "idle_minutes")})
    status = 200
    if request.method == "POST":
        form = Me(request.POST)
        if form.is_valid():
            actions.change_profile(request.space, **form.cleaned_data)
            return SeeOther(address("account") + "?kept")
        status = 422
    now = programme.programme()
    context = {
        "form": form,
        "kept": "kept" in request.GET,
        "ended": "ended" in request.GET,
        "others": max(0, sessions.count(request.space) - 1),
        "since": door.since(request),
        "seal": request.space.seal_words(),
        "sheet": access.has_recovery_sheet(request.space),
        "friends": friends.friends_of(request.space),
        "left": friends.who_left(request.space),
        "asked": friends.somebody_asked(request.space),
        "agreed": mine.agreed,
        "agreed_on": in_words(mine.agreed.on) if mine.agreed else "",
        "anew": access.understood_anew(request.space),
        "facilitator": access.is_facilitator(request.space),
        "open": now.opened_on is not None,
        "safety": access.safety_words(request.space),
    }
    return page(request, "people/account.html", context, status=status)


@require_POST
def leave_everywhere(request: Visit) -> HttpResponse:
    """Every other session of this person has ended; this one goes on."""
    sessions.leave_everywhere(request.space, except_cookie=request.cookie_value)
    return SeeOther(address("account") + "?ended")


# Taking everything along --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: Visit) -> HttpResponse:
    """Ask for everything: sealed with a key that is shown once, or plain."""
    if request.method != "POST":
        return page(request, "people/export.html")
    if request.POST.get("as") == "plain":
        with actions.taking_along():
            return _download(_zip(request.space), "application/zip", "papers.zip")
    key = vault.new_export_key()
    ticket = vault.seal_ticket(key, "export", KEY_MINUTES, bound_to=sessions.binding(request.cookie_value))
    return page(request, "people/export_key.html", {"key": key, "ticket": ticket})


@require_POST
def export_file(request: Visit) -> HttpResponse:
    """The sealed file for the key that the page before this one showed."""
    binding = sessions.binding(request.cookie_value)
    key = vault.open_ticket(request.POST.get("ticket", ""), str, "export", binding)
    with actions.taking_along():
        sealed, _key = vault.sealed_export(actions.everything(request.space), key)
    return _download(sealed, "application/octet-stream", "papers.tar.age")


def _zip(space: vault.Space) -> bytes:
    buffer = io.BytesIO()
    when = clock.instant().timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in actions.everything(space):
            archive.writestr(zipfile.ZipInfo(path, when), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _download(content: bytes, type_: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=type_)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Erasing everything -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Visit) -> HttpResponse:
    """Everything of this person, for good, after their words were typed once more."""
    context = {"message": "", "backup_days": programme.programme().backup_days}
    if request.method != "POST":
        return page(request, "people/erase.html", context)
    try:
        with vault.Tries(door.network_of(request)):
            actions.erase_everything(request.space, request.POST.get("words", "")[:MOST_TYPED])
    except (actions.NotTheirWords, vault.TooManyTries, vault.Busy) as error:
        return page(
            request, "people/erase.html", context | {"message": str(error.message)}, status=error.status
        )
    request.space = None  # type: ignore[assignment]
    response = page(request, "people/erased.html", context | {"help_href": programme.way_to_lines()})
    door.forget(response)
    return response


# Inviting others ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: Visit) -> HttpResponse:
    """Give an invitation, see what became of those given, take one back. For facilitators."""
    access.only_facilitators(request.space)
    form, message, status = Invitation(initial={"kind": "member"}), "", 200
    if request.method == "POST":
        if "withdraw" in request.POST:
            actions.withdraw_invitation(request.space, request.POST["withdraw"])
            return SeeOther(address("invitations"))
        form = Invitation(request.POST)
        if form.is_valid():
            try:
                door.spend_ticket(request.POST.get("ticket", ""))
                words = actions.give_invitation(request.space, **form.cleaned_data)
                context = {"words": words, "name": form.cleaned_data["name"]}
                return page(request, "people/invited.html", context)
            except vault.BadTicket:
                message = _(
                    "This invitation was made a moment ago, and its words are shown only once. If nobody wrote them "
                    "down, take it back and give a new one."
                )
                status = 409
            except actions.DoorsNotOpen as error:
                message, status = str(error.message), error.status
        else:
            status = 422
    given = access.given_invitations(request.space)
    context = {
        "form": form,
        "kinds": form.fields["kind"].choices,  # type: ignore[attr-defined]
        "kind": form["kind"].value() or "member",
        "message": message,
        "ticket": door.new_ticket(),
        "given": [(one, in_words(one.due)) for one in given],
        "open": programme.is_open(),
    }
    return page(request, "people/invitations.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: Visit) -> HttpResponse:
    """Five words that a friend gave, typed by somebody who has a place here already."""
    typed, message, status = "", "", 200
    if request.method == "POST":
        typed = request.POST.get("words", "")[:MOST_TYPED]
        try:
            words = vault.clean_words(typed)
            with vault.Tries(door.network_of(request)):
                door.spend_ticket(request.POST.get("ticket", ""))
                kind = actions.accept(request.space, words)
            return SeeOther(address("beside") if kind == vault.ALLY else door.home_of(request.space))
        except (vault.NoInvitation, vault.BadWords):
            message = _(
                "These words do not open an invitation for you now. Look at the spelling; or ask the person who gave "
                "them to you for new ones."
            )
            status = vault.NoInvitation.status
        except (
            vault.BadTicket,
            vault.TooManyTries,
            vault.Busy,
            vault.StorageTrouble,
            vault.AlreadyThere,
            actions.DoorsNotOpen,
        ) as error:
            message, status = str(error.message), error.status
    context = {
        "typed": typed,
        "message": message,
        "ticket": door.new_ticket(),
        "back": door.home_of(request.space),
    }
    return page(request, "people/accept.html", context, status=status)

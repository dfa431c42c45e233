"""Which page answers: the list, one of mine, keeping something, one to read, to change, to erase; and pictures."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ibasho import jail, vault
from ibasho.errors import IbashoError
from ibasho.keepsakes import access, actions, pictures
from ibasho.keepsakes.forms import KeepsakeForm
from ibasho.programme.gate import Visit
from ibasho.web.addresses import address
from ibasho.web.forms import NOT_JUST_NOW
from ibasho.web.pages import go, jpeg, page

ADD = {"words": "keepsake-words", "picture": "keepsake-photo", "song": "keepsake-song"}


@require_safe
def keepsakes(request: Visit) -> HttpResponse:
    """All of them by name; pictures only where they are asked for."""
    context = {"mine": access.keepsakes_of(request.space), "with_pictures": "pictures" in request.GET}
    return page(request, "keepsakes/keepsakes.html", context)


@require_safe
def one_of_mine(request: Visit) -> HttpResponse:
    """One, large, and nothing beside it."""
    drawn = access.one_of_mine(request.space, request.GET.get("at", ""))
    context = {"view": drawn[0] if drawn else None, "on": drawn[1] if drawn else ""}
    return page(request, "keepsakes/one_of_mine.html", context)


# --- keeping something -----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def add_words(request: Visit) -> HttpResponse:
    """A kind letter, or a line of one."""
    return _add(request, "words")


@require_http_methods(["GET", "HEAD", "POST"])
def add_picture(request: Visit) -> HttpResponse:
    """A photograph or a drawing, and what is on it."""
    return _add(request, "picture")


@require_http_methods(["GET", "HEAD", "POST"])
def add_song(request: Visit) -> HttpResponse:
    """A song by its name, and perhaps where it can be heard."""
    return _add(request, "song")


def _add(request: Visit, sort: str) -> HttpResponse:
    space = request.space
    if request.method != "POST":
        return _form(request, KeepsakeForm.new(sort))
    form = KeepsakeForm.read(sort, request.POST)
    try:
        picture = _picture(request, form) if sort == "picture" else None
        if form.errors:
            return _form(request, form, status=422)
        record = form.record(width=picture.width, height=picture.height) if picture else form.record()
        key = actions.keep(space, key=form.key, record=record, picture=picture)
    except (actions.NoRoom, actions.NoRoomForPictures) as error:
        return _form(request, form, said=[str(error)], status=422)
    except vault.StorageTrouble:
        return _form(request, form, said=[str(NOT_JUST_NOW)], status=503)
    except jail.Occupied as error:
        form.errors["picture"] = [str(error)]
        return _form(request, form, status=503)
    return go(request, "keepsake", key)


def _picture(request: Visit, form: KeepsakeForm) -> pictures.Picture | None:
    """The picture that came with a form; what is wrong with it stands beside it."""
    sent = request.FILES.get("picture")
    if sent is None:
        form.errors["picture"] = [_("There is no picture with it yet. You can choose one.")]
        return None
    if form.errors:
        form.errors["picture"] = [_("The picture is fine where it is, and has to be chosen once more.")]
        return None
    actions.check_room(request.space, picture=True)
    try:
        return pictures.read(sent.read())
    except jail.Occupied:
        raise
    except IbashoError as error:
        form.errors["picture"] = [str(error), _("What you wrote beside it is still here.")]
        return None


# --- one of them -----------------------------------------------------------------------------------


@require_safe
def keepsake(request: Visit, keepsake: str) -> HttpResponse:
    """One to read."""
    return page(request, "keepsakes/keepsake.html", {"view": access.own_keepsake(request.space, keepsake)})


@require_http_methods(["GET", "HEAD", "POST"])
def keepsake_change(request: Visit, keepsake: str) -> HttpResponse:
    """Other words in place of those that are there."""
    kept = access.find_keepsake(request.space, keepsake)
    if kept is None:
        raise vault.NotFound
    if request.method != "POST":
        return _form(request, KeepsakeForm.of(kept.record, kept.version), of=access.view_of(kept))
    form = KeepsakeForm.read(kept.record.sort, request.POST)
    if form.errors:
        return _form(request, form, of=access.view_of(kept), status=422)
    try:
        actions.change(request.space, key=keepsake, record=form.record(kept.record), seen=form.seen)
    except vault.Changed:
        other = access.own_keepsake(request.space, keepsake)
        form.seen = other.version
        return _form(request, form, of=other, elsewhere=other, status=409)
    except vault.StorageTrouble:
        return _form(request, form, of=access.view_of(kept), said=[str(NOT_JUST_NOW)], status=503)
    return go(request, "keepsake", keepsake)


@require_http_methods(["GET", "HEAD", "POST"])
def keepsake_erase(request: Visit, keepsake: str) -> HttpResponse:
    """Ask once whether one shall go; then it is gone."""
    kept = access.find_keepsake(request.space, keepsake)
    if request.method == "POST":
        actions.erase(request.space, key=keepsake)
    elif kept:
        return page(request, "keepsakes/erase.html", {"view": access.view_of(kept)})
    return go(request, "keepsakes")


@require_safe
def picture(request: Visit, keepsake: str) -> HttpResponse:
    """The picture itself."""
    return jpeg(access.picture_of(request.space, keepsake))


@require_safe
def small_picture(request: Visit, keepsake: str) -> HttpResponse:
    """The picture itself, small."""
    return jpeg(access.picture_of(request.space, keepsake, small=True))


# --- pages -----------------------------------------------------------------------------------------


def _form(
    request: Visit,
    form: KeepsakeForm,
    *,
    of: access.KeepsakeView | None = None,
    elsewhere: access.KeepsakeView | None = None,
    said: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "view": of,
        "elsewhere": elsewhere,
        "said": said or [],
        "to": address("keepsake-change", of.id) if of else address(ADD[form.sort]),
        "back": address("keepsake", of.id) if of else address("keepsakes"),
    }
    return page(request, "keepsakes/form.html", context, status=status)

"""What every answer says about itself to the browser. The one place where headers are decided.

Where a value looks odd, a browser taught us (VAULT 2): `Referrer-Policy: no-referrer` makes Chromium send
`Origin: null` and every form is refused; `form-action 'self'` blocks a form whose answer leads to another
site, which is why leaving is a link. `require-trusted-types-for 'script'` refuses every part of a page that htmx
puts in its place; a policy that lets those pass would say no more than `script-src 'self'` does.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)

# An answer that is a picture, whatever is in it: it loads nothing and runs nothing.
PICTURE_POLICY = "default-src 'none'; sandbox"

ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

# Files are the same for everybody and may be kept; they speak for nobody and load nothing.
FILES = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": ALWAYS["X-Robots-Tag"],
}

HTTPS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}

_WITHOUT_BODY = (204, 304)
_PLAIN_POLICY = POLICY.format(styles="")


def dress(response: HttpResponseBase) -> None:
    """Put every header on an answer. A page with style sheets inside it names their hashes."""
    headers = response.headers
    for name, value in ALWAYS.items():
        if name != "Referrer-Policy" or name not in headers:  # leaving sets a stricter one
            headers[name] = value
    hashes = getattr(response, "style_hash", "").replace("'", " ").split()
    if headers.get("Content-Security-Policy") != PICTURE_POLICY:
        headers["Content-Security-Policy"] = (
            POLICY.format(styles="".join(f" '{one}'" for one in hashes)) if hashes else _PLAIN_POLICY
        )
    if settings.IBASHO_HTTPS:
        for name, value in HTTPS.items():
            headers[name] = value
    if isinstance(response, HttpResponse) and response.status_code not in _WITHOUT_BODY:
        headers["Content-Length"] = str(len(response.content))  # sent in one piece

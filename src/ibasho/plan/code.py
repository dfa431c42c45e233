"""The QR code that a phone looks at: an address, and nothing of anybody."""

import segno


def picture(text: str) -> str:
    """A QR code as the inside of an SVG page element: one path, dark on light, with its quiet edge."""
    return segno.make_qr(text, error="m").svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True
    )

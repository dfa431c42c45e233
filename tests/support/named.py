"""One thing of each kind that can be named in an address, for tests that open every page."""

ARGUMENTS = {
    "day": "2026-11-20",
    "month": "2026-11",
    "until": "2026-11-22",
    "iso2": "GB",
    "part": "alone",
    "step": "0a0a0a0a",
    "skill": "feet",
    "thing": "0a0a0a0a0a0a",
    "keepsake": "0a" * 8,
    "contact": "0a" * 8,
    "friend": "0f" * 8,
    "shown": "0a" * 8 + "-mood",
    "picture": "0f" * 8 + "-keepsake",
    "token": "A" * 43,
    "asked_step": "when",
    "asker": "0f" * 8,
    "nudge": "A" * 43,
}

"""A plan as it may lie on somebody's own phone: everything made ready, so that nothing has to be asked for there."""

import msgspec


class PhoneStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a part. `tel` and `sms` are whole addresses, ready to tap, or empty."""

    text: str
    tel: str = ""
    sms: str = ""

    def __repr__(self) -> str:
        return "<PhoneStep ***>"


class PhonePart(msgspec.Struct, frozen=True):
    """A part that has something in it, with its title in its owner's language."""

    title: str
    steps: tuple[PhoneStep, ...]


class PhoneCopy(msgspec.Struct, frozen=True):
    """The parts in the order they are read, and the day they were last changed, in words."""

    made_on: str
    parts: tuple[PhonePart, ...]

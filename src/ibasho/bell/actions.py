"""Ringing a bell."""


def ring(bell_id: bytes, *, path: str = "") -> None:
    """One neutral notification waits for every channel behind that bell; behind none, nothing happens."""

"""Ringing."""


def ring(bell_id: bytes, *, path: str = "") -> None:
    """Queue one neutral line to whatever hangs on this bell; nothing where nothing does."""

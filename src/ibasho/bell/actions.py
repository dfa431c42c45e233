"""What people do with bells."""


def ring(bell_id: bytes, *, path: str = "") -> None:
    """One neutral notification goes to every channel behind that id; with nothing behind it, nothing happens."""

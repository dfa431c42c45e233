"""Browsers for this room's tests."""

import pytest

from ibasho.people.tests.browser import Newcomer, Visitor


@pytest.fixture
def newcomer(client, clock):
    """Somebody who goes through the steps of joining, as a browser would."""
    return Newcomer(client, clock)


@pytest.fixture
def visitor(client, clock):
    """Somebody who comes in by the door, as a browser would."""
    return Visitor(client, clock)

"""What do journeys start from? A town where one can take part, and someone who arrives there in one of four ways.

The product is imported inside: this file is read before its settings are.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import open_visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.journeys.hands import Hands
    from tests.people import Town

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
WAYS = {
    "with a mouse": {"viewport": WIDE},
    "at 320 px": {"viewport": NARROW, "has_touch": True},
    "with the keyboard": {"viewport": WIDE},
    "without JavaScript at 320 px": {"viewport": NARROW, "java_script_enabled": False},
}


@pytest.fixture(autouse=True)
def counted_from_nothing() -> Iterator[None]:
    from polyphonie.core.serving import limits

    limits.forget_all()
    yield
    limits.forget_all()


@pytest.fixture
def fast_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    """People of the tests type faster than robots do."""
    from polyphonie.core.serving import haste

    monkeypatch.setattr(haste, "SHORTEST_SECONDS", 0)


@pytest.fixture
def town(site: str) -> "Town":
    from tests.people import a_town

    return a_town()


@pytest.fixture(params=WAYS)
def hands(request: pytest.FixtureRequest, chromium: "Browser", site: str, fast_fingers: None) -> "Iterator[Hands]":
    """Someone who acts with a mouse, a finger, the keyboard alone, or in a browser that runs no script."""
    from tests.journeys.hands import Hands

    with open_visitor(chromium, site, **WAYS[request.param]) as visitor:
        yield Hands(visitor, has_mouse=request.param != "with the keyboard")

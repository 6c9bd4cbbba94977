"""A traffic page in a window of its own."""

import pytest

from tests.ui.conftest import ShowPage
from wxdesk.ui.traffic.page import TrafficPage


@pytest.fixture
def page(show_page: ShowPage) -> TrafficPage:
    """Shown at 1216 × 736, with its first answers in."""
    return show_page(TrafficPage, 1216, 736)

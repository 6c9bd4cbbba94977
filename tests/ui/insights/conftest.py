"""An insights page in a window of its own."""

import pytest

from tests.ui.conftest import ShowPage
from wxdesk.ui.insights.page import InsightsPage


@pytest.fixture
def page(show_page: ShowPage) -> InsightsPage:
    """Shown at 1216 × 736, with its first answers in."""
    return show_page(InsightsPage, 1216, 736)

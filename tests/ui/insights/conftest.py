"""An insights page in a window of its own, on a real desk that answers one question by itself."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.rules import Action, ActionKind, Condition, Rule
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.insights.insights_page import InsightsPage
from wxdesk.ui.notices import Notices

HOURS = Rule("Hours", when=Condition(any=("几点",)), then=(Action(ActionKind.REPLY, text="我们九点开门。"),))


@pytest.fixture
def answering(world: World) -> World:
    world.call(world.desk.rulebook.save(HOURS))
    return world


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge) -> InsightsPage:
    """Shown at 1216 × 736, with its first answer in."""
    window = QWidget()
    notices = Notices(window)
    bridge.failed.connect(notices.report)
    made = InsightsPage(bridge, notices)
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(made)
    window.resize(1216, 736)
    qtbot.addWidget(window)
    window.show()
    made.activate()
    qtbot.waitUntil(lambda: made.figures is not None)
    return made

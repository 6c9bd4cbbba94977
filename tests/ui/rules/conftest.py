"""A rules page on a real desk that has four rules."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Rule
from wxdesk.desk.rules.exchange import RulesSnapshot
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge

NOTHING = RulesSnapshot((), ())
RULES = r"""
[[rules]]
name = "Refunds"
when = { any = ["refund", "退款"] }
then = [{ reply = "A colleague will help you." }, { take_over = true }]

[[rules]]
name = "Hours"
when = { any = ["opening hours", "几点"], none = ["refund"] }
then = [{ reply = "We open at 9." }]

[[rules]]
name = "Parcels"
when = { regex = 'order (?P<no>\d{4,})' }
then = [{ reply = "Order {{ m.no }} is on its way." }]

[[rules]]
name = "Everything else"
default = true
cooldown = { per_contact_s = 600 }
then = [{ reply = "Thank you, {{ contact.alias }}." }]
"""


@pytest.fixture
def stored(world: World) -> Callable[[], list[Rule]]:
    """Reads the rules as the store has them now."""
    return lambda: world.call(world.desk.rules.rulebook.all())


@pytest.fixture
def four_rules(world: World) -> list[Rule]:
    """The rules above, in the store."""
    return list(world.call(world.desk.rules.exchange.take_in(RULES, "rules.toml")).left.rules)


@pytest.fixture
def empty_store(world: World) -> None:
    """No rule at all."""
    world.call(world.desk.rules.exchange.restore(NOTHING, world.call(world.desk.rules.exchange.stored())))


def shown_page(qtbot: QtBot, bridge: WindowBridge, notices: Notices, host: QWidget) -> RulesPage:
    page = RulesPage(bridge, host)
    host.resize(1280, 800)
    page.resize(1216, 768)
    host.show()
    page.activate()
    qtbot.waitUntil(lambda: bridge.is_idle)
    return page


@pytest.fixture
def page(four_rules: list[Rule], qtbot: QtBot, bridge: WindowBridge, notices: Notices, host: QWidget) -> RulesPage:
    """The page with these rules, shown."""
    return shown_page(qtbot, bridge, notices, host)


@pytest.fixture
def empty_page(empty_store: None, qtbot: QtBot, bridge: WindowBridge, notices: Notices, host: QWidget) -> RulesPage:
    """The page without any rule, shown."""
    return shown_page(qtbot, bridge, notices, host)

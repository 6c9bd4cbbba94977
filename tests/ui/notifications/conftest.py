"""What the tests of alerts stand on: a real desk that may call, and a desktop that shows and plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.notifications.desktop import Desktop, Ear
from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.notifications.alerts import OperatorAlerts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


@pytest.fixture
def ear(tmp_path: Path) -> Ear:
    folder = tmp_path / "ear"
    folder.mkdir()
    return Ear(folder)


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def attention(
    bridge: WindowBridge, window: MainWindow, ear: Ear, desktop: Desktop, world: World
) -> Iterator[OperatorAlerts]:
    notify = Rule("Broken", when=Condition(any=("broken",)), then=(Action(ActionKind.NOTIFY),))
    world.call(world.desk.rules.rulebook.save(notify))
    made = OperatorAlerts(bridge, window, world.home, ear.player(), desktop)
    yield made
    made.stop()

"""The revisions of a template open once, and only for whoever still waits for them."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.world import World
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.page import TemplatesPage


@pytest.fixture
def late(world: World, monkeypatch: pytest.MonkeyPatch) -> FirstAnswerHeld[object]:
    """The revisions, which take their time."""
    held = FirstAnswerHeld[object](world.store.templates.revisions, world.loop)
    monkeypatch.setattr(world.store.templates, "revisions", held)
    return held


def _opened(page: TemplatesPage) -> list[HistoryDialog]:
    return [one for one in page.window().findChildren(HistoryDialog) if one.isVisible()]


def test_two_presses_open_one_history(
    qtbot: QtBot, page: TemplatesPage, bridge: Bridge, late: FirstAnswerHeld[object]
) -> None:
    page.editor.head.history.click()
    page.editor.head.history.click()
    late.wait_until_read()
    late.give()
    qtbot.waitUntil(lambda: bool(_opened(page)) and bridge.is_idle)
    [dialog] = _opened(page)
    dialog.reject()


@pytest.mark.parametrize("way", ["another template", "another page"])
def test_a_history_does_not_open_for_whoever_has_gone_on(
    qtbot: QtBot, page: TemplatesPage, bridge: Bridge, late: FirstAnswerHeld[object], way: str
) -> None:
    page.editor.head.history.click()
    late.wait_until_read()
    if way == "another page":
        page.hide()
    else:
        page.start_new()
    late.give()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not _opened(page)

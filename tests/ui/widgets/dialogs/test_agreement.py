"""A question that waits for the desk: nothing of its answer is lost."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import AgreementDialog


@pytest.mark.expects_log("Unexpected in the window")
def test_the_dialog_stays_until_the_desk_answered_and_logs_unexpected_errors(
    qtbot: QtBot, bridge: Bridge, world: World, host: QWidget, caplog: pytest.LogCaptureFixture
) -> None:
    host.show()
    ready, answers = asyncio.Event(), iter([KeyError("lost"), None])

    async def work() -> None:
        await ready.wait()
        if (error := next(answers)) is not None:
            raise error

    async def answer() -> None:
        ready.set()

    dialog = AgreementDialog("Rename", "Really?", "Rename", host)
    done: list[None] = []
    dialog.when_agreed(bridge, work, done.append)
    dialog.open()
    dialog.action.click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    assert not dialog.cancel.isEnabled()
    world.call(answer())
    qtbot.waitUntil(dialog.error.isVisible)
    assert dialog.cancel.isEnabled()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [KeyError]
    with qtbot.waitSignal(dialog.accepted):
        dialog.action.click()
    assert done == [None]

"""Templates are deleted, brought back, and not deleted unasked with unsaved changes."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.templates.test_page import Stored, choose, titles, top, write
from tests.ui.world import World
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.dialogs.notice_lines import Toast


def test_a_deleted_template_can_be_brought_back(
    qtbot: QtBot, world: World, bridge: Bridge, page: TemplatesPage, stored: Stored
) -> None:
    choose(page, "Parcel")
    before = stored()
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(page) == ["Hours", "Returns"])
    toast = page.window().findChild(Toast)
    assert toast is not None
    qtbot.waitUntil(toast.isVisible)
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert not toast.isVisible()
    qtbot.waitUntil(lambda: titles(page) == ["Hours", "Parcel", "Returns"])
    qtbot.waitUntil(lambda: page.editor.head.title.text() == "Parcel")
    assert stored() == before


def test_after_a_deletion_one_goes_on_beside_it(qtbot: QtBot, bridge: Bridge, page: TemplatesPage) -> None:
    for chosen, next_one in (("Parcel", "Returns"), ("Returns", "Hours")):
        choose(page, chosen)
        page.list.view.setFocus()
        qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert page.editor.saved.title == next_one
        assert page.list.view.current() == page.editor.saved


def test_a_template_with_unsaved_changes_is_not_deleted_unasked(
    qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored
) -> None:
    write(qtbot, page.editor.head.title, "When we open")
    page.list.view.setFocus()
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    top(LeaveDialog).save.click()
    qtbot.waitUntil(lambda: bridge.is_idle and len(stored()) == 2)
    page.past.undo()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert titles(page) == ["Parcel", "Returns", "When we open"]


def test_all_deletions_are_undone_and_redone_one_after_the_other(
    qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored
) -> None:
    view, before = page.list.view, stored()

    def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> list[str]:
        qtbot.keyClick(view, key, modifiers)
        qtbot.waitUntil(lambda: bridge.is_idle)
        return titles(page)

    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    view.setFocus()
    assert press(Qt.Key.Key_Delete) == ["Parcel", "Returns"]
    assert press(Qt.Key.Key_Delete) == ["Returns"]
    assert press(Qt.Key.Key_Z, ctrl) == ["Parcel", "Returns"]
    assert page.editor.saved.title == "Parcel"
    press(Qt.Key.Key_Z, ctrl)
    assert stored() == before
    assert not page.past._done
    assert press(Qt.Key.Key_Z, ctrl | shift) == ["Parcel", "Returns"]
    assert press(Qt.Key.Key_Z, ctrl | shift) == ["Returns"]
    assert not page.past._undone

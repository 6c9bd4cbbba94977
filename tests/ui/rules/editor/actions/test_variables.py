"""The menu of variables: all that a reply can show, put where the operator was writing."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from wxdesk.core.content.variables import VARIABLES, WITH_FIELDS
from wxdesk.ui.editing.template_text import variable_names
from wxdesk.ui.rules.editor.actions.bodies import ReplyBody
from wxdesk.ui.rules.page import RulesPage


def test_the_menu_has_every_variable_with_every_field() -> None:
    names = [name for name, _ in variable_names(("no",))]
    assert len(names) == len(set(names))
    for root, fields in VARIABLES.items():
        named = {name for name in names if name.partition(".")[0] == root}
        if root not in WITH_FIELDS:
            assert named == {root}
        elif root == "m":
            assert named == {"m.no"}
        elif fields is None:
            assert named == {f"{root}.value"}  # whatever fields there are is known only of each customer
        else:
            assert named == {f"{root}.{field}" for field in fields}


def test_by_keyboard_it_writes_into_the_wording_that_was_written_last(page: RulesPage, qtbot: QtBot) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, ReplyBody)
    first, second = body.wordings.edit, body.wordings.add_wording().edit
    qtbot.keyClicks(second, "It is ")
    body.wordings.variables.setFocus(Qt.FocusReason.TabFocusReason)
    menu = body.wordings.variables.popup_menu
    menu.aboutToShow.emit()

    def take(name: str) -> None:
        chosen: QAction = next(one for one in menu.actions() if one.data() == name)
        chosen.trigger()

    take("time")
    assert body.action().texts == ("A colleague will help you.", "It is {{ time }}")
    first.setFocus()
    body.wordings.variables.setFocus(Qt.FocusReason.TabFocusReason)
    take("date")
    assert "{{ date }}" in first.text()
    second.setFocus()
    body.wordings.fields[1].removed.emit(body.wordings.fields[1])
    take("account")
    assert "{{ account }}" in first.text()

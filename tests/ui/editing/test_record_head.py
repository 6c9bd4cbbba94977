"""The head of a record's editor, and the bar that saves it."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.editing.record_editor import RecordEditor, WidthScroll
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.widgets.boxes import order_tabs
from wxdesk.ui.widgets.fields.title import TitleField
from wxdesk.ui.widgets.labels import plain_tip


def test_a_title_that_does_not_fit_is_cut_and_told_whole(qtbot: QtBot) -> None:
    field = TitleField()
    qtbot.addWidget(field)
    field.resize(200, 32)
    field.show()
    field.setText("Hours")
    assert field.toolTip() == ""
    field.setText("<b>名字</b>" * 12)
    field.clearFocus()
    assert field.shortened
    assert field.toolTip() == plain_tip("<b>名字</b>" * 12)
    field.resize(2000, 32)
    assert not field.shortened
    assert field.toolTip() == ""


def test_a_new_record_is_not_called_a_rule() -> None:
    i18n.use("zh_CN")
    assert tr("New, not saved yet") == "新建的，还没有保存"


TEXT = "\n".join(f"{{{{ ask.n{n} }}}}" for n in range(12))
RULE = Rule(
    "Long", when=Condition(any=("a", "b")), then=(Action(ActionKind.REPLY, text="1"), Action(ActionKind.TAKE_OVER))
)


@pytest.fixture(params=[RulesPage, TemplatesPage])
def editor(
    request: pytest.FixtureRequest, qtbot: QtBot, world: World, show_page: ShowPage
) -> RecordEditor[Rule] | RecordEditor[Template]:
    """An editor as in a window of 900×600, with a record that is longer than that."""
    world.call(world.desk.rules.rulebook.save(RULE))
    world.call(world.desk.templates.save(Template(0, "Long", TEXT)))
    page: RulesPage | TemplatesPage = show_page(request.param, 836, 568)
    page.editor.head.title.setText("Longer")
    page.editor.check_now()
    return page.editor


def _seen(editor: QWidget, inner: QWidget) -> QRect:
    return QRect(inner.mapTo(editor, QPoint()), inner.size())


def test_saving_stays_in_sight_wherever_a_long_record_is_scrolled(
    qtbot: QtBot, editor: RecordEditor[Rule] | RecordEditor[Template]
) -> None:
    bar = editor.findChildren(WidthScroll)[0].verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for at in (0, bar.maximum()):
        bar.setValue(at)
        for button in (editor.head.save, editor.head.revert):
            assert button.visibleRegion().boundingRect() == button.rect()
    qtbot.mouseClick(editor.head.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editor.saved.id > 0 and not editor.unsaved)


def test_tab_goes_through_an_editor_as_it_is_seen_and_comes_to_saving_last(
    qtbot: QtBot, editor: RecordEditor[Rule] | RecordEditor[Template]
) -> None:
    column = editor.head.parentWidget()
    assert column is not None
    order_tabs(column)  # as the window does, whenever Tab is pressed
    editor.head.title.setFocus()
    stops: list[QWidget] = [editor.head.title]
    while stops[-1] is not editor.head.save:
        qtbot.keyClick(stops[-1], Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert editor.isAncestorOf(focused), f"left after {stops[-1].accessibleName()}"
        stops.append(focused)
    assert stops[-2] is editor.head.revert, "nothing undoes what is written before all of it was passed"
    places = [_seen(column, one) for one in stops[:-2]]
    assert len(places) > 10
    for before, after in pairwise(places):
        same_line = before.top() < after.center().y() < before.bottom()
        assert before.left() < after.left() if same_line else before.center().y() < after.center().y()

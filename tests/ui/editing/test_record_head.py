"""The head of a record's editor."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from wxdesk import i18n
from wxdesk.i18n import tr
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

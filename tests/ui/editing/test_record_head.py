from __future__ import annotations

from pytestqt.qtbot import QtBot

from wxdesk.ui.editing.record_head import TitleField


def test_a_title_that_does_not_fit_is_told_whole(qtbot: QtBot) -> None:
    field = TitleField()
    qtbot.addWidget(field)
    field.resize(200, 32)
    field.show()
    field.setText("Hours")
    assert field.toolTip() == ""
    field.setText("<b>名字</b>" * 12)
    assert field.toolTip().replace("\u200b", "") == f"<span>{'&lt;b&gt;名字&lt;/b&gt;' * 12}</span>"
    field.resize(2000, 32)
    assert field.toolTip() == ""

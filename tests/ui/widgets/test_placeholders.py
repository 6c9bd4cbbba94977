"""Placeholders of empty pages: their words are whole in a narrow window."""

import pytest
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.placeholders import FirstStep


@pytest.mark.parametrize("width", [310, 800])
def test_the_words_of_an_empty_page_are_whole_also_where_it_is_narrow(qtbot: QtBot, width: int) -> None:
    page = FirstStep("rules", title="No rules", words="They say what to answer. " * 5, starter="Begin", new="New")
    qtbot.addWidget(page)
    page.resize(width, 400)
    page.show()
    assert page.width() == width
    assert page.rect().contains(page.sentence.geometry())
    assert page.sentence.height() >= page.sentence.heightForWidth(page.sentence.width())
    assert page.step.isHidden()
    assert page.starter.geometry().right() < page.new.x()

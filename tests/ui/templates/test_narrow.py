"""The editor of templates in the smallest window."""

import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from wxdesk import i18n
from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.templates import Template
from wxdesk.ui.shell.main_window import SMALLEST
from wxdesk.ui.templates.page import TemplatesPage

RAIL = 64
"""Pixels of the window that its rail takes from each page."""


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_nothing_of_the_editor_is_cut_at_the_right(
    qtbot: QtBot, three: list[Template], show_page: ShowPage, language: str
) -> None:
    """In English the four kinds of content stood in one line, wider than the page."""
    i18n.use(language)
    try:
        width, height = SMALLEST
        page = show_page(TemplatesPage, width - RAIL, height)
        page.list.view.setCurrentIndex(page.model.index(0))
        for kind in ReplyKind:
            page.editor.saying.kinds[kind].click()
            for scroll in page.editor.findChildren(QScrollArea):
                assert scroll.widget().minimumSizeHint().width() <= scroll.viewport().width(), kind
    finally:
        i18n.use("en")

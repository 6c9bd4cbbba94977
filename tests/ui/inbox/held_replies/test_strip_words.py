"""The line of the strip says how many are held and when the first leaves, whole where there is room."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("number", [1, 12])
def test_the_folded_strip_offers_both_and_says_when_the_first_leaves(
    qtbot: QtBot, world: World, show_page: ShowPage, language: str, number: int
) -> None:
    i18n.use(language)
    try:
        page = show_page(InboxPage, 900, 600)
        for n in range(number):
            world.say(f"oCustomer00000000000000{n:02}", "opening?")
        strip = page.list.strip
        qtbot.waitUntil(lambda: strip.model.rowCount() == number)
        qtbot.waitUntil(lambda: strip.stop.isVisible() and strip.send.isVisible())
        assert not strip.unfolded
        qtbot.waitUntil(lambda: strip.earliest.width() >= strip.earliest.width_at(4))  # no half words beside them
        assert strip.count.width() >= strip.count.width_at(1)
        assert language == "en" or strip.count.text() == f"{number} 条在等", "however long the first one waits"
        assert strip.head.rect().contains(strip.unfold.geometry())
    finally:
        i18n.use("en")


def test_unfolded_it_says_whole_what_is_held_where_sending_all_has_gone_below(
    qtbot: QtBot, world: World, show_page: ShowPage
) -> None:
    i18n.use("zh_CN")
    try:
        page = show_page(InboxPage, 900, 600)
        for n in range(12):
            world.say(f"oCustomer00000000000000{n:02}", "opening?")
        strip = page.list.strip
        qtbot.waitUntil(lambda: strip.model.rowCount() == 12 and strip.send.isVisible())
        strip.show_list(True)
        qtbot.waitUntil(lambda: strip.count.text() == "12 条在等")
        assert strip.head.rect().contains(strip.fold.geometry())
    finally:
        i18n.use("en")


def test_what_waits_behind_another_is_not_what_leaves_first(qtbot: QtBot, world: World, page: InboxPage) -> None:
    for n in range(2):
        world.say(f"oCustomer00000000000000{n:02}", "opening?")
    strip = page.list.strip
    qtbot.waitUntil(lambda: len(page.held.replies.held) == 2 and strip.earliest.full_text().startswith("first in "))
    one, other = page.held.replies.held
    behind = replace(one, behind=True)
    for held, said in (
        ((behind, other), strip.earliest.full_text()),
        ((behind, replace(other, reply=replace(other.reply, due_at=None))), "1 needs your OK"),
        ((behind,), "waits for the part before it"),
    ):
        strip.show_held(held, world.desk.clock())
        assert strip.earliest.full_text() == said


def test_f3_with_nothing_but_a_draft_names_the_filter_that_has_it(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    """The filter counts drafts too: that nothing was unsent contradicted its number."""
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
    window.inbox.open_conversation(world.say("oCustomer0000000000000001", "opening?"))
    qtbot.waitUntil(lambda: shown_reply(window.inbox, ReplyState.DRAFT) is not None)
    qtbot.keyClick(window.inbox, Qt.Key.Key_F3)
    [toast] = window.findChildren(Toast)
    said = "No reply is held. Drafts are under “Unsent”."
    qtbot.waitUntil(lambda: toast.findChild(PlainLabel).full_text() == said)

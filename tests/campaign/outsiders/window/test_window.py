"""The whole window full of texts that look like something else: all to the letter, and nothing opened."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.campaign.outsiders.hostile import as_kept, hostile_texts, watched
from tests.campaign.outsiders.window.test_widgets import drawn
from tests.conftest import Sized
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import WxdeskError
from wxdesk.core.events import TroubleRaised
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.ui.inbox.acts import RowMenu
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

TEXTS = (13, 20, 218)
"""How many texts of the corpus fill the window in each size of the campaign, something of every kind."""

LONGEST = 6000
READ = {"/::)/:no[微笑]": "[Smile][Nuh-uh][Smile]"}
"""Texts of WeChat's codes of emoticons, which are shown by their names."""

KINDS = ("text", "image", "miniprogrampage", "link", "file", "location", "voice", "hostile")


@pytest.mark.campaign
@pytest.mark.timeout(900)
def test_texts_of_outsiders_are_shown_to_the_letter_in_the_whole_window(
    qtbot: QtBot, world: World, bridge: Bridge, window: MainWindow, sized: Sized, tmp_path: Path
) -> None:
    place = window.size()
    with watched(tmp_path) as bait:
        conversations = {}
        for number, hostile in enumerate(hostile_texts(sized(*TEXTS))):
            text = as_kept(hostile.aimed(bait))[:LONGEST]
            conversations[written(world, number, text)] = text
            kept_by_operators(world, number, text)
        [inbox] = window.findChildren(InboxPage)
        window.activateWindow()
        for item in window.rail.items:
            item.click()
            qtbot.waitUntil(lambda: bridge.is_idle)
            window.grab()
            assert list(wrong(window)) == []
        window.rail.items[0].click()
        for conversation_id, text in conversations.items():
            inbox.open_conversation(conversation_id)
            qtbot.waitUntil(lambda: inbox.session.row is not None and bridge.is_idle)
            window.grab()
            assert READ.get(text, text) in [entry.text for entry in inbox.session.model.rows() if entry.message]
            assert list(wrong(window)) == []
            assert window.size() == place
        picker = inbox.chat.writing.templates.picker
        inbox.chat.writing.templates.open_picker()
        qtbot.waitUntil(lambda: picker.list.count() > 0)
        window.grab()
        assert list(wrong(window)) == []
        rows = inbox.list.view
        tags = {tag for row in inbox.list.model.rows() for tag in row.conversation.contact.tags}
        rows.ask_for_menu(inbox.list.model.index(0), QPoint(0, 0))
        [menu] = [one for one in rows.findChildren(QMenu) if isinstance(one, RowMenu)]
        checkable = [one for sub in menu.findChildren(QMenu) for one in sub.actions() if one.isCheckable()]
        named = [drawn(one.text()) for one in checkable]
        assert len(set(named)) == len(named) > 0
        assert set(named) <= tags
        menu.close()


def written(world: World, number: int, text: str) -> int:
    """Write it as a message, in all the fields of another, and as where somebody comes from; the conversation."""
    openid = f"oHostile{number:020d}"
    kind = KINDS[number % len(KINDS)]
    names = ("Title", "Description", "Url", "PicUrl", "MediaId", "Label", "Recognition", "PagePath", "AppId", "FileKey")
    world.push(openid, MsgType=kind, MsgId=str(10**9 + number), **dict.fromkeys(names, text[:1000]))
    world.enter(openid, text[:1000])
    conversation_id = world.push(openid, MsgType="text", MsgId=str(2 * 10**9 + number), Content=text)
    change = ContactChange(alias=text[:60], note=text[:500], add=(text[:20], "R&D"))
    with suppress(WxdeskError):
        world.call(world.desk.conversations.describe(conversation_id, change))
    return conversation_id


def kept_by_operators(world: World, number: int, text: str) -> None:
    """Put it into a rule, a template and a trouble, as far as each of them takes it."""
    reply = Action(ActionKind.REPLY, text=text[:400])
    with suppress(WxdeskError):
        rule = Rule(f"{number} {text[:50]}", when=Condition(any=(f"{number}{text[:50]}",)), then=(reply,))
        world.call(world.desk.rules.rulebook.save(rule))
    with suppress(WxdeskError):
        world.call(world.desk.templates.save(Template(0, f"{number} {text[:40]}", text[:400])))
    world.publish(TroubleRaised(f"hostile {number % 3}", text))


def wrong(window: QWidget) -> Iterator[str]:
    """Name each part of the window that guesses markup, or is larger than what it stands in."""
    for widget in (window, *window.findChildren(QWidget)):
        name = type(widget).__name__
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            yield f"{name} guesses"
        if guesses(widget.toolTip()):
            yield f"{name} tells {widget.toolTip()[:80]!r}"
        if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
            yield from (f"{name} tells {tip[:80]!r}" for tip in tips_of(model) if guesses(tip))
        if widget.isVisible() and widget.width() > window.width():
            yield f"{name} is {widget.width()} wide"


def tips_of(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount(QModelIndex())):
        yield str(model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole) or "")


def guesses(tip: str) -> bool:
    """Tell if Qt would have to guess whether a tooltip is markup."""
    return not tip.startswith("<span") and ("<" in tip or "&" in tip)

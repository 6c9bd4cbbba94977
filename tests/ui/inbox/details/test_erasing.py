"""Deleting a customer from the panel: asked with the name, done to the last byte, told by a receipt without openid."""

import hashlib
import zipfile
from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.prepared import SQLITE
from tests.sandbox.pictures import cover
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.reply import Content
from wxdesk.desk.data.backups import back_up
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.ui.inbox.details.contact_commands import EraseDialog
from wxdesk.ui.inbox.page import InboxPage

type Open = Callable[[int], None]

CANARY = "oCanary0123456789abcdef"
TRACES = [text.encode() for text in (CANARY, "qzxcanary", "金丝雀", "金 丝 雀", "canary of a picture")]


def traces(world: World) -> set[str]:
    """Files of the home, and members of a backup made now, that know the customer."""
    file = world.home.parent / "b.zip"
    world.call(back_up(SQLITE, world.home, file, lambda _: None))
    found = {str(one): one.read_bytes() for one in world.home.rglob("*") if one.is_file()}
    with zipfile.ZipFile(file) as archive:
        found |= {f"backup/{name}": archive.read(name) for name in archive.namelist()}
    return {name for name, data in found.items() if any(trace in data for trace in TRACES)}


def dialog_of(page: InboxPage) -> EraseDialog:
    page.detail.contact.erase.click()
    [dialog] = page.window().findChildren(EraseDialog)
    return dialog


def test_a_customer_is_deleted_to_the_last_byte(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    def told() -> str:
        return page.contact._bridge.notices.bars.texts().get("erased", "")

    other = world.say(LI_LEI.openid, "hello")
    chat = world.say(CANARY, "qzxcanary 金丝雀 buy this")
    world.show(CANARY, cover() + b"canary of a picture")
    world.call(world.desk.conversations.describe(chat, ContactChange(alias="金丝雀", note="qzxcanary")))
    reply = world.call(world.desk.replies.write(chat, Content(text="qzxcanary 金丝雀")))
    world.wait_until_sent(reply.id)
    opened(chat)
    assert traces(world)

    dialog = dialog_of(page)
    assert not dialog.action.isEnabled()
    dialog.field.edit.setText("金丝")
    assert not dialog.action.isEnabled()
    qtbot.keyClick(dialog.field.edit, Qt.Key.Key_Return)
    assert dialog.isVisible(), "half the word neither deletes nor looks as if it had"
    dialog.field.edit.setText("金丝雀")
    qtbot.keyClick(dialog.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told()))
    person = hashlib.sha256(CANARY.encode()).hexdigest()[:12]
    assert f"{person} of shop; messages 2, replies 1, pictures 1" in told()
    qtbot.waitUntil(lambda: page.session.conversation_id != chat)
    qtbot.waitUntil(lambda: [row.conversation.id for row in page.list.model.rows()] == [other])
    assert traces(world) == set()
    again = world.say(CANARY, "again")  # who writes again is somebody new
    assert again != chat
    assert world.call(world.store.conversations.get(again)).contact.alias == ""

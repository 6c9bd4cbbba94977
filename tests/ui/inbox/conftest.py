"""An inbox page in a window of its own, on a real desk whose rules hold their replies."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

HOURS = Rule(
    "Hours",
    when=Condition(any=("opening",), none=("refund",)),
    then=(Action(ActionKind.REPLY, text="We open at 9."),),
)
REFUNDS = Rule("Refunds", when=Condition(any=("refund",)), then=(Action(ActionKind.TAKE_OVER),))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD) as opened:
        for rule in (REFUNDS, HOURS):
            opened.call(opened.desk.rules.rulebook.save(rule))
        yield opened


@pytest.fixture
def page(show_page: ShowPage) -> InboxPage:
    """Shown at 1280 × 800, active, with its first answers in."""
    return show_page(InboxPage, 1280, 800)


@pytest.fixture
def opened(qtbot: QtBot, page: InboxPage, bridge: Bridge) -> Callable[[int], None]:
    """Open a conversation and wait until all of it is shown."""

    def open_it(conversation_id: int) -> None:
        page.open_conversation(conversation_id)
        qtbot.waitUntil(lambda: page.session.row is not None and bridge.is_idle)

    return open_it


def texts(page: InboxPage) -> list[str]:
    """The bubbles' texts, oldest first."""
    return [entry.text for entry in page.session.model.rows() if entry.message or entry.reply]


def shown_reply(page: InboxPage, state: ReplyState) -> Reply | None:
    """The last reply of the timeline that is in `state`."""
    replies = [entry.reply for entry in page.session.model.rows() if entry.reply and entry.reply.state is state]
    return replies[-1] if replies else None


def shown_messages(page: InboxPage) -> list[Message]:
    """The contact's texts in the timeline."""
    entries = page.session.model.rows()
    return [entry.message for entry in entries if entry.message and entry.message.type is MessageType.TEXT]


@pytest.fixture
def panels(world: World, page: InboxPage, opened: Callable[[int], None]) -> PanelControl:
    opened(world.say("oCustomer0000000000000001", "有图吗"))
    return page.chat.writing.panels


@pytest.fixture
def clipboard(qapp: object) -> Iterator[QClipboard]:
    """Empty again afterwards: PySide crashes at exit where it still holds what a test made."""
    yield QGuiApplication.clipboard()
    QGuiApplication.clipboard().clear()

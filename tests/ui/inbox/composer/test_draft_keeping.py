"""What is begun is stored as it is typed, marked in the list, and there again after any end."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.test_pictures import png
from tests.ui.world import World, open_world
from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind, ReplyState
from wxdesk.desk.replies.drafts import MOST, MOST_CHARACTERS
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.wording.conversation import accessible_row_text, draft_mark, preview_of_row

LI, WANG = "oLI00000000000000000001", "oWANG00000000000000000001"

type Open = Callable[[int], None]
type Again = Callable[[], InboxPage]


@pytest.fixture
def again(qtbot: QtBot, page: InboxPage, show_page: ShowPage) -> Again:
    """Another window on the same desk instead of the first, as after a start."""

    def show() -> InboxPage:
        with qtbot.waitSignal(page.destroyed):
            page.deleteLater()
        return show_page(InboxPage, 1280, 800)

    return show


def stored(world: World) -> list[tuple[int, Draft]]:
    return world.call(world.desk.drafts.stored())


def shown(page: InboxPage, conversation_id: int) -> tuple[str, str]:
    """The mark and the words of a row."""
    row = page.list.model.record(conversation_id)
    return ("", "") if row is None else (draft_mark(row), preview_of_row(row))


def test_a_text_is_stored_marked_and_there_again_until_it_is_sent(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, again: Again
) -> None:
    li, wang = world.say(LI, "hello"), world.say(WANG, "hi")
    opened(li)
    edit = page.chat.composer.edit
    QTest.keyClicks(edit, "half a rep")
    qtbot.waitUntil(lambda: shown(page, li) == ("[Draft]", "half a rep"))
    assert stored(world) == [(li, Draft(Content(text="half a rep")))]
    opened(wang)
    row = page.list.model.record(li)
    assert row is not None
    assert "[Draft] half a rep" in accessible_row_text(row, world.desk.clock(), page.list.model.status(row))
    world.say(LI, "are you there?")
    qtbot.waitUntil(lambda: shown(page, li) == ("[Draft]", "are you there?"))

    other = again()
    qtbot.waitUntil(lambda: shown(other, li) == ("[Draft]", "are you there?"))
    other.open_conversation(li)
    qtbot.waitUntil(lambda: other.session.row is not None and other.chat.composer.send.isEnabled())
    assert other.chat.composer.text() == "half a rep"
    QTest.keyClicks(other.chat.composer.edit, "ly")
    QTest.keyClick(other.chat.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 1 and shown(other, li)[0] == "")
    assert stored(world) == []


def test_an_emptied_draft_is_deleted(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    li = world.say(LI, "hello")
    opened(li)
    QTest.keyClicks(page.chat.composer.edit, "no")
    qtbot.waitUntil(lambda: shown(page, li)[0] == "[Draft]")
    page.chat.composer.edit.clear()
    qtbot.waitUntil(lambda: shown(page, li)[0] == "")
    assert stored(world) == []


def test_links_cards_and_pictures_are_kept_and_offered_again(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, again: Again
) -> None:
    li = world.say(LI, "hello")
    opened(li)
    panels = page.chat.writing.panels
    panels.take_pictures([PictureSource(png, "cup.png")])
    qtbot.waitUntil(lambda: bool(panels[ReplyKind.IMAGE].content().picture))
    panels.open(ReplyKind.LINK)
    panels[ReplyKind.LINK].form.by_name["title"].edit.setText("Tea")
    panels[ReplyKind.LINK].close_it()
    qtbot.waitUntil(lambda: shown(page, li) == ("[Draft]", "[Link] Tea") and len(stored(world)) == 2)
    assert page.chat.composer.line.words.full_text() == "A link is not sent yet"

    other = again()
    other.open_conversation(li)
    line = other.chat.composer.line
    qtbot.waitUntil(lambda: line.isVisible() and line.words.full_text() == "A link is not sent yet")
    line.leave.click()
    assert other.chat.writing.panels[ReplyKind.LINK].content().title == "Tea"
    assert line.words.full_text() == "A picture is not sent yet"
    other.chat.writing.panels[ReplyKind.LINK].fill(Content(ReplyKind.LINK))
    qtbot.waitUntil(lambda: [draft.content.kind for _, draft in stored(world)] == [ReplyKind.IMAGE])


@pytest.fixture
def changed(qtbot: QtBot, world: World, page: InboxPage, opened: Open, again: Again) -> tuple[Reply, InboxPage]:
    """A held reply whose change was begun in one window, and another window that goes on with it."""
    li = world.say(LI, "opening?")
    opened(li)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    held = shown_reply(page, ReplyState.HELD)
    assert held is not None
    page.chat.writing.edit(held)
    qtbot.waitUntil(lambda: page.chat.composer.editing is not None)
    QTest.keyClicks(page.chat.composer.edit, " Sharp.")
    qtbot.waitUntil(lambda: len(stored(world)) == 1)

    other = again()
    other.open_conversation(li)
    composer = other.chat.composer
    qtbot.waitUntil(lambda: composer.editing is not None and composer.send.isEnabled())
    return held, other


def test_a_change_of_a_held_reply_goes_on_where_it_was_left(
    qtbot: QtBot, world: World, changed: tuple[Reply, InboxPage]
) -> None:
    composer = changed[1].chat.composer
    assert composer.text() == "We open at 9. Sharp."
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == ["We open at 9. Sharp."])
    qtbot.waitUntil(lambda: stored(world) == [])


def test_a_change_given_up_after_another_start_leaves_the_reply_in_nobodys_hand(
    qtbot: QtBot, world: World, changed: tuple[Reply, InboxPage]
) -> None:
    held, other = changed
    composer = other.chat.composer
    assert world.call(world.store.replies.get(held.id)).by
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not world.call(world.store.replies.get(held.id)).by)

    other.chat.writing.edit(world.call(world.desk.replies.lock_for_edit(held.id)))  # as a killed window leaves it
    qtbot.waitUntil(lambda: composer.editing is not None)
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not world.call(world.store.replies.get(held.id)).by)


def test_closing_stores_the_last_key_and_asks_nothing(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    li = world.say(LI, "hello")
    opened(li)
    page.chat.composer.edit.setPlainText("x" * (MOST_CHARACTERS + 1))
    page.save_unfinished()
    bridge.close()
    [(_, draft)] = stored(world)
    assert draft.text == "x" * MOST_CHARACTERS
    many = tuple(Draft.of_text(f"{n}").stored for n in range(MOST + 5))
    world.call(world.desk.drafts.keep({li: many}))
    assert [draft.text for _, draft in stored(world)] == [f"{n}" for n in range(5, MOST + 5)]


def test_a_killed_program_loses_nothing_that_was_written(
    qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "killed"
    command = [sys.executable, "-m", "tests.ui.inbox.composer.half_written", str(home), "half a rep"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stored\n"
        process.kill()
    with open_world(home) as world:
        [(_, draft)] = world.call(world.desk.drafts.stored())
    assert "half a rep".startswith(draft.text)
    assert draft.text

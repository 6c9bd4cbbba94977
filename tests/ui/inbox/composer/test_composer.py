"""The composer sends on Enter, and only what may be sent, and never what is still being composed."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QClipboard, QInputMethodEvent, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, conversation, reply
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.reply import Draft, ReplyKind, ReplyState
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.widgets.buttons import Button


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    made = Composer(lambda: None, tuple, lambda _: None)
    made.resize(600, 160)
    qtbot.addWidget(made)
    made.open(conversation(1), NOW)
    made.show()
    return made


@pytest.fixture
def sent(composer: Composer) -> list[str]:
    texts: list[str] = []
    composer.sent.connect(lambda draft, _parts: texts.append(draft.text))
    return texts


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(composer.edit, event)


def test_enter_sends_and_shift_enter_breaks_the_line(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    qtbot.keyClicks(composer.edit, "one")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.edit, "two")
    assert sent == []
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == ["one\ntwo"]


def test_a_key_held_down_sends_once(composer: Composer, sent: list[str]) -> None:
    composer.edit.setPlainText("one")
    none = Qt.KeyboardModifier.NoModifier
    for repeated in (False, True, True):
        QApplication.sendEvent(
            composer.edit, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", autorep=repeated)
        )
    assert sent == ["one"]
    assert composer.text() == "one"


def test_enter_never_sends_what_an_input_method_composes(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    qtbot.keyClicks(composer.edit, "a")
    compose(composer, "ni hao")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == []
    compose(composer, "", commit="你好")
    assert composer.text() == "a你好"
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == ["a你好"]


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier])
def test_enter_with_a_key_that_asks_elsewhere_sends_nothing(
    qtbot: QtBot, composer: Composer, sent: list[str], modifier: Qt.KeyboardModifier
) -> None:
    qtbot.keyClicks(composer.edit, "not yet")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return, modifier)
    assert (sent, composer.text()) == ([], "not yet")


def test_a_word_that_is_being_composed_stays_with_its_conversation(
    qtbot: QtBot, composer: Composer, sent: list[str]
) -> None:
    compose(composer, "ni")
    composer.open(conversation(2), NOW)
    assert not composer.edit.composing
    qtbot.keyClicks(composer.edit, "hello")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == ["hello"]


def test_text_typed_while_the_reply_is_being_stored_stays(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    composer.edit.setPlainText("one 😊\ntwo")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    composer.edit.moveCursor(QTextCursor.MoveOperation.End)
    compose(composer, "ni")
    composer.drafts.remove(1, Draft.of_text(sent[0]))
    assert (composer.text(), composer.edit.composing) == ("", True)
    assert composer.edit.document().firstBlock().layout().preeditAreaText() == "ni"
    compose(composer, "", commit="你")
    assert composer.text() == "你"
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(composer.edit, "!")
    composer.drafts.remove(1, Draft.of_text(sent[1]))
    assert composer.text() == "!"
    composer.edit.undo()
    assert composer.text() == "!", "what was sent does not come back"


def test_a_text_below_waits_for_the_word_that_is_being_composed(
    qtbot: QtBot, composer: Composer, sent: list[str]
) -> None:
    composer.edit.setPlainText("below")
    composer.write_anew("one")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    compose(composer, "ni")
    composer.drafts.remove(1, Draft.of_text(sent[0]))
    assert (composer.text(), composer.edit.composing) == ("", True)
    compose(composer, "", commit="你")
    assert (composer.text(), composer.drafts.below[ReplyKind.TEXT]) == ("你", 1)


def test_bytes_are_counted_as_wechat_counts_them(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    composer.edit.setPlainText("营业abc😊")
    assert composer.count.full_text() == "13 / 2,048 bytes"
    composer.edit.setPlainText("汉" * 683)
    assert not composer.send.isEnabled()
    assert composer.count.full_text() == "2,049 / 2,048 bytes"
    assert composer.hint.full_text() == "· will leave as 2 messages, 5 are left"
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == []
    composer.edit.setPlainText("汉" * 682)
    assert composer.send.isEnabled()


def test_nothing_is_sent_when_wechat_allows_nothing(qtbot: QtBot, composer: Composer, sent: list[str]) -> None:
    cases = {
        "No replies are left": ReplyWindow(0, NOW + timedelta(hours=1)),
        "Reply time over until": ReplyWindow(5, NOW - timedelta(seconds=1)),
        "until the customer writes": ReplyWindow(),
    }
    composer.resize(528, 152)  # as in a window 900 wide
    for words, window in cases.items():
        composer.open(conversation(1, window=window), NOW)
        composer.edit.setPlainText("hello")
        assert words in composer.hint.full_text()
        QApplication.processEvents()
        assert composer.hint.text() == composer.hint.full_text(), "it is read whole"
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent == []


def test_the_window_closes_while_one_writes(composer: Composer) -> None:
    composer.edit.setPlainText("hello")
    assert composer.send.isEnabled()
    composer.open(conversation(1), NOW + timedelta(hours=48))
    assert not composer.send.isEnabled()


def test_an_unfinished_text_stays_with_its_conversation(composer: Composer) -> None:
    composer.edit.setPlainText("for the first")
    composer.open(conversation(2), NOW)
    assert composer.text() == ""
    composer.edit.setPlainText("for the second")
    composer.open(conversation(1), NOW)
    assert composer.text() == "for the first"
    assert [(at, one.text) for at, one in composer.drafts.unsent if at == 2] == [(2, "for the second")]


def test_editing_says_so_and_esc_gives_back_what_was_being_written(qtbot: QtBot, composer: Composer) -> None:
    edited: list[tuple[int | None, str]] = []
    composer.sent.connect(lambda draft, _parts: edited.append((draft.reply_id, draft.text)))
    composer.edit.setPlainText("half a sentence")
    composer.start_editing(reply(7, ReplyState.HELD, text="We open at 9."))
    assert composer.text() == "We open at 9."
    assert composer.line.isVisible()
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert edited == [(7, "We open at 9.")]
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.text() == "half a sentence"
    assert not composer.line.isVisible()


def test_a_reply_that_left_meanwhile_is_not_edited_any_more_and_the_text_stays(composer: Composer) -> None:
    composer.start_editing(reply(7, ReplyState.HELD))
    composer.edit.setPlainText("better words")
    assert composer.drafts.follow(reply(7, ReplyState.SENDING))
    assert composer.editing is None
    assert composer.text() == "better words"


def test_a_slash_at_the_start_asks_for_templates_and_only_there(qtbot: QtBot, composer: Composer) -> None:
    asked: list[bool] = []
    composer.edit.slashed.connect(lambda: asked.append(True))
    qtbot.keyClicks(composer.edit, "1/2")
    assert asked == []
    composer.edit.clear()
    qtbot.keyClicks(composer.edit, "/")
    assert asked == [True]
    composer.edit.insert("We open at 9.")
    assert composer.text() == "We open at 9."


def test_only_plain_text_is_pasted(composer: Composer) -> None:
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    composer.edit.insertFromMimeData(rich)
    assert composer.text() == "bold"


def test_html_without_plain_text_is_pasted_as_its_words(composer: Composer, clipboard: QClipboard) -> None:
    rich = QMimeData()
    rich.setHtml(
        '<style>p { color: red }</style><p>订单&nbsp;<b>88</b></p><img src="https://img.example.cn/a.png"><p>one<br>two'
    )
    clipboard.setMimeData(rich)
    assert composer.edit.canPaste()
    QTest.keyClick(composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert composer.text() == "订单 88\none\ntwo"


def test_html_that_nests_without_end_does_not_hold_up_the_window(composer: Composer) -> None:
    rich = QMimeData()
    rich.setHtml("words " + "<b>" * 200_000)
    composer.edit.insertFromMimeData(rich)
    assert composer.text() == "words"


def test_the_tools_keep_their_names_where_only_their_icons_fit(qtbot: QtBot, composer: Composer) -> None:
    buttons = composer.tools.findChildren(Button)
    composer.resize(900, 160)
    qtbot.waitUntil(lambda: all(button.text() for button in buttons))
    composer.resize(340, 160)
    qtbot.waitUntil(lambda: not any(button.text() for button in buttons))
    assert composer.width() == 340
    assert all(button.accessibleName() and button.toolTip() for button in buttons)
    assert all(button.geometry().right() <= composer.tools.width() for button in buttons)

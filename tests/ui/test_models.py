"""The list models that no other file checks are right by Qt's own tester, whatever they show and however it changes."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from tests.campaign.outsiders.hostile import as_kept, hostile_texts
from tests.campaign.outsiders.window.test_widgets import seen
from tests.ui.inbox.records import NOW, clock, conversation
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.templates import Template
from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.ui.inbox.conversation_list.search import Place, SearchModel
from wxdesk.ui.inbox.held_replies.view import HeldModel, asked_text
from wxdesk.ui.rules.review.rows import ReviewRow, ReviewRows
from wxdesk.ui.templates.template_list import TemplateModel
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.wording.messages import readable

AS_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def held(number: int, text: str = "We open at 9.", asked: str = "opening?") -> HeldReply:
    message = Message(number, number, 0, MessageType.TEXT, NOW, NOW, text=asked)
    reply = Reply(
        number, number, "shop", "o1", Author.RULE, Content(text=text), ReplyState.HELD, NOW, NOW, rule_name=text[:40]
    )
    return HeldReply(reply, conversation(number, alias=text[:60]).contact, question=message)


def test_held_replies_come_move_and_go_one_by_one(qtmodeltester: ModelTester) -> None:
    model = HeldModel(clock)
    qtmodeltester.check(model)
    one, two, three = held(1), held(2), held(3)
    model.update_rows([one, two, three])
    kept = QPersistentModelIndex(model.index(2))
    for rows in ([three, one], [one, three, two], [replace(three, asking=2)]):
        model.update_rows(rows)
        assert list(model.rows()) == rows
        assert kept.isValid()
    model.update_rows([])
    assert not kept.isValid()


@pytest.mark.parametrize("which", ["held", "templates", "review", "search"])
def test_whatever_outsiders_write_is_one_line_to_the_letter(which: str, qtmodeltester: ModelTester) -> None:
    texts = [as_kept(one.text)[:200] for one in hostile_texts() if one.text.strip()]
    assert len(texts) >= 200
    model, spoken = MADE[which](texts)
    qtmodeltester.check(model)
    for row, text in enumerate(texts):
        assert seen(readable(text)) in seen(readable(spoken(row))), text


def _held(texts: list[str]) -> tuple[QAbstractItemModel, Callable[[int], str]]:
    model = HeldModel(clock)
    model.update_rows([held(number, "fine", text) for number, text in enumerate(texts, 1)])
    return model, lambda row: asked_text(model.rows()[row])


def _templates(texts: list[str]) -> tuple[QAbstractItemModel, Callable[[int], str]]:
    model = TemplateModel(clock, lambda one: one.summary)
    model.show([Template(number, f"{number:03}", text) for number, text in enumerate(texts, 1)])
    return model, lambda row: model.index(row).data(RECORD).text


def _review(texts: list[str]) -> tuple[QAbstractItemModel, Callable[[int], str]]:
    model = ReviewRows()
    model.replace_rows([ReviewRow("head", text) for text in texts])
    return model, lambda row: str(model.index(row).data(AS_SPOKEN))


def _search(texts: list[str]) -> tuple[QAbstractItemModel, Callable[[int], str]]:
    model = SearchModel(clock)
    model.show("never there", places=[Place(text, list, group=str(number)) for number, text in enumerate(texts)])
    return model, lambda row: str(model.index(2 * row + 1).data(AS_SPOKEN))


MADE = {"held": _held, "templates": _templates, "review": _review, "search": _search}

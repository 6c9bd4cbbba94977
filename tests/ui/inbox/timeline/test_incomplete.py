"""An answer that lacks a value: its bubble says which, offers to fill it in, and does not let it go before."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, notice_of, offers_of
from wxdesk.ui.runtime.bridge import Bridge

CUSTOMER = "oCustomer0000000000000001"
PARCEL = Rule(
    "Parcel",
    when=Condition(any=("parcel",)),
    then=(Action(ActionKind.REPLY, text="{{ contact.alias }}, your parcel is on its way."),),
)


def test_the_bubble_says_what_is_missing_and_the_operator_fills_it_in(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, opened: Callable[[int], None]
) -> None:
    world.call(world.desk.rules.rulebook.save(PARCEL))
    opened(world.say(CUSTOMER, "where is my parcel"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    draft = shown_reply(page, ReplyState.DRAFT)
    assert draft is not None
    [entry] = [entry for entry in page.session.model.rows() if entry.reply]
    assert "“contact.alias” has no value" in notice_of(entry)
    assert [offer.action for offer in offers_of(draft)] == [BubbleAction.EDIT, BubbleAction.DISCARD]
    qtbot.waitUntil(lambda: "contact.alias" in page.detail.decision.sentence.text())
    page.chat.act(BubbleAction.EDIT, f"r{draft.id}")
    composer = page.chat.composer
    qtbot.waitUntil(lambda: composer.text() == "‹contact.alias›, your parcel is on its way.")
    composer.edit.sent.emit()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not world.sandbox.sent
    page.chat.act(BubbleAction.EDIT, f"r{draft.id}")
    composer.edit.setPlainText("Li Lei, your parcel is on its way.")
    composer.edit.sent.emit()
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    assert [one.text for one in world.sandbox.sent] == ["Li Lei, your parcel is on its way."]


def test_all_values_that_are_missing_are_told_in_one_sentence(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    two = Action(ActionKind.REPLY, text="{{ contact.alias }}: {{ session.code }}")
    world.call(world.desk.rules.rulebook.save(Rule("Codes", when=Condition(any=("code",)), then=(two,))))
    opened(world.say(CUSTOMER, "the code?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    [entry] = [entry for entry in page.session.model.rows() if entry.reply]
    assert notice_of(entry) == (
        "“contact.alias” “session.code” have no value for this customer. Write what belongs there, then send it."
    )


def test_an_edit_that_cannot_leave_stays_in_the_composer(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, opened: Callable[[int], None]
) -> None:
    world.call(world.desk.rules.rulebook.save(PARCEL))
    opened(world.say(CUSTOMER, "where is my parcel"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    draft = shown_reply(page, ReplyState.DRAFT)
    assert draft is not None
    page.chat.act(BubbleAction.EDIT, f"r{draft.id}")
    composer = page.chat.composer
    qtbot.waitUntil(lambda: composer.text() == "‹contact.alias›, your parcel is on its way.")
    composer.edit.setPlainText("‹contact.alias›, it comes tomorrow.")
    failures: list[Exception] = []
    bridge.failed.connect(failures.append)
    composer.edit.sent.emit()
    qtbot.waitUntil(lambda: len(failures) == 1 and bridge.is_idle)
    assert composer.text() == "‹contact.alias›, it comes tomorrow."
    assert composer.editing is not None
    assert composer.editing.content.text == "‹contact.alias›, it comes tomorrow."
    composer.edit.setPlainText("Li Lei, it comes tomorrow.")
    composer.edit.sent.emit()
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    qtbot.waitUntil(lambda: composer.text() == "" and composer.editing is None)
    assert [one.text for one in world.sandbox.sent] == ["Li Lei, it comes tomorrow."]

"""Templates in a reply: found, filled in, inserted and counted; never with a hole, and never for somebody else."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.composer.test_switching_conversations import unreadable
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.ui.inbox.composer.templates.insertion import TemplateForm
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge

type Open = Callable[[int], None]

FIRST, SECOND = "oFirst000001", "oSecond00002"
PARCEL = Template(
    0,
    "Parcel",
    "Order {{ ask.no }} left with {{ ask.by }}{% if ask.note %} ({{ ask.note }}){% endif %}.",
    "sent",
    keywords=("tracking",),
    prompts=(Prompt("no", "Order number"), Prompt("by", "Courier", "SF"), Prompt("note", required=False)),
)
GREETING = Template(0, "Greeting", "Dear {{ contact.alias }}, ", "hi")
HOURS = Template(0, "Hours", "We open at 9.", "hours")
LINK = Template(0, "Returns", content=Content(ReplyKind.LINK, title="Returns", url="https://shop.example/r"))


@pytest.fixture
def shelf(world: World) -> list[Template]:
    return world.call(world.desk.templates.save_all((PARCEL, GREETING, HOURS, LINK)))


@pytest.fixture
def conversation(shelf: list[Template], world: World, opened: Open) -> int:
    """A conversation with somebody without a name, opened."""
    made = world.say(FIRST, "hello {{ 7 }}")
    opened(made)
    return made


def rows(page: InboxPage) -> list[str]:
    shown = page.chat.writing.templates.picker.list
    return [shown.item(row).text() for row in range(shown.count())]


def pick(qtbot: QtBot, page: InboxPage, sought: str) -> None:
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: picker.list.count() > 1)
    qtbot.keyClicks(picker.field, sought)
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)


def form(page: InboxPage) -> TemplateForm:
    return page.chat.writing.templates.form


def uses(world: World) -> dict[str, int]:
    return {one.title: one.uses for one in world.call(world.desk.templates.all())}


def test_a_picker_that_is_open_shows_what_is_saved_since(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(FIRST, "hello"))
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    assert not picker.below.isVisible(), "that there are none is not known yet"
    qtbot.waitUntil(lambda: picker.below.isVisible())
    world.call(world.desk.templates.save_all((HOURS,)))
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    assert not picker.below.isVisible()


def test_what_is_chosen_stays_chosen_when_the_templates_come_again(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    """As over a slow line after the picker has opened: Enter would insert another."""
    world.call(world.desk.templates.save_all([Template(0, f"Note {n}", "Hello.", category="Notes") for n in (1, 2)]))
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: picker.list.count() == 6)
    qtbot.keyClick(picker.field, Qt.Key.Key_Tab)
    assert picker.list.count() == 2
    qtbot.keyClick(picker.field, Qt.Key.Key_Down)
    chosen = picker.list.currentItem().text()
    world.call(world.desk.templates.save_all([Template(0, "Note 0", "Hello.", category="Notes")]))
    qtbot.waitUntil(lambda: picker.list.count() == 3)
    assert picker.list.currentItem().text() == chosen


def test_a_long_list_in_the_picker_says_how_many_more_and_is_searched(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    many = [Template(0, f"Notice {n:03}", "Hello.") for n in range(70)]
    world.call(world.desk.templates.save_all(many))
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: picker.list.count() == 50)
    assert picker.below.full_text() == "24 more: write a few letters to find them"
    assert picker.below.isVisible()
    assert picker.rect().contains(picker.below.geometry())
    composer = page.chat.composer
    before = composer.mapTo(page.chat, QPoint(0, 0)).y()
    page.window().resize(page.window().width(), page.window().height() - 150)
    qtbot.waitUntil(lambda: composer.mapTo(page.chat, QPoint(0, 0)).y() < before)
    qtbot.waitUntil(lambda: 0 < composer.mapTo(page.chat, QPoint(0, 0)).y() - picker.geometry().bottom() < 10)
    qtbot.keyClicks(picker.field, "Notice 069")
    assert rows(page) == ["Notice 069 — Hello."]
    assert not picker.below.isVisible()


def test_a_template_that_asks_nothing_is_inserted_at_once(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, conversation: int
) -> None:
    pick(qtbot, page, "hours")
    assert page.chat.composer.text() == "We open at 9."
    assert not form(page).isVisible()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert uses(world)["Hours"] == 1


@pytest.mark.expects_log("database error|waits? for the store")
def test_a_use_that_cannot_be_counted_is_not_told_as_something_not_done(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, conversation: int
) -> None:
    told: list[Exception] = []
    bridge.failed.connect(told.append)
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: picker.list.count() > 1)
    with unreadable(world, "templates"):
        qtbot.keyClicks(picker.field, "hours")
        qtbot.keyClick(picker.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bridge.is_idle)
    assert (page.chat.composer.text(), told) == ("We open at 9.", [])


def test_prompts_are_filled_in_by_keyboard(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, conversation: int
) -> None:
    pick(qtbot, page, "track")
    number, courier, note = form(page).fields.values()
    assert form(page).isVisible()
    assert number.hasFocus()
    assert courier.text() == "SF"
    assert form(page).text.full_text() == "Order ‹…› left with SF."
    qtbot.keyClicks(number, "7{{ 1 }}")
    qtbot.keyClick(number, Qt.Key.Key_Tab)
    assert courier.hasFocus()
    qtbot.keyClick(courier, Qt.Key.Key_Tab)
    qtbot.keyClicks(note, "fragile")
    assert form(page).text.full_text() == "Order 7{{ 1 }} left with SF (fragile)."
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert page.chat.composer.text() == "Order 7{{ 1 }} left with SF (fragile)."
    assert page.chat.composer.edit.hasFocus()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert uses(world)["Parcel"] == 1


def test_prompts_of_a_link_are_filled_in_and_it_waits_in_its_panel(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    tracking = Content(ReplyKind.LINK, title="Order {{ ask.no }}", url="https://shop.example/o?no={{ ask.no }}")
    world.call(world.desk.templates.save(Template(0, "Tracking", shortcut="trk", content=tracking)))
    pick(qtbot, page, "trk")
    [number] = form(page).fields.values()
    assert form(page).text.full_text() == "Order ‹…›\nhttps://shop.example/o?no=‹…›"
    qtbot.keyClicks(number, "7&8")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    panel = page.chat.writing.panels[ReplyKind.LINK]
    assert panel.isVisible()
    made = panel.content()
    assert (made.title, made.url) == ("Order 7&8", "https://shop.example/o?no=7%268")


def test_missing_values_are_named_and_nothing_is_inserted(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    pick(qtbot, page, "sent")
    number, courier, _ = form(page).fields.values()
    courier.setFocus()
    qtbot.keyClick(courier, Qt.Key.Key_Return)
    assert form(page).problem.full_text() == "“Order number” has to be filled in."
    assert number.hasFocus()
    assert (number.property("wrong"), courier.property("wrong")) == (True, False)
    qtbot.keyClick(number, Qt.Key.Key_Escape)
    assert not form(page).isVisible()
    assert page.chat.composer.text() == ""
    assert page.chat.composer.edit.hasFocus()
    assert uses(world)["Parcel"] == 0


def test_a_name_that_is_not_known_is_asked_for(qtbot: QtBot, page: InboxPage, conversation: int) -> None:
    pick(qtbot, page, "hi")
    [name] = form(page).fields.values()
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert "contact.alias" in form(page).problem.full_text()
    qtbot.keyClicks(name, "Wang")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert page.chat.composer.text() == "Dear Wang, "


def test_values_filled_in_for_one_contact_are_not_used_for_another(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int, opened: Open
) -> None:
    pick(qtbot, page, "sent")
    qtbot.keyClicks(next(iter(form(page).fields.values())), "77")
    opened(world.say(SECOND, "hello"))
    assert not form(page).isVisible()
    assert page.chat.composer.text() == ""


def test_a_link_opens_in_its_panel(qtbot: QtBot, world: World, page: InboxPage, conversation: int) -> None:
    pick(qtbot, page, "return")
    link = page.chat.writing.panels[ReplyKind.LINK]
    assert link.isVisible()
    assert (link.content(), page.chat.composer.text()) == (LINK.content, "")
    link.submit()
    qtbot.waitUntil(lambda: not link.isVisible())
    assert any(reply.kind is ReplyKind.LINK for reply in _sent(world, conversation))


def _sent(world: World, conversation_id: int) -> list[Content]:
    items = world.call(world.store.inbox.timeline(conversation_id))
    return [item.content for item in items if hasattr(item, "content")]


def test_the_last_used_comes_first_and_words_narrow_the_list(
    qtbot: QtBot, world: World, page: InboxPage, shelf: list[Template], conversation: int
) -> None:
    world.call(world.desk.templates.count_use(shelf[2].id))
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: page.chat.writing.templates.picker.list.count() == 4)
    assert [row.partition("  /")[0].partition(" — ")[0] for row in rows(page)] == [
        "Hours",
        "Greeting",
        "Parcel",
        "Returns",
    ]
    qtbot.keyClicks(page.chat.writing.templates.picker.field, "trk")
    assert rows(page) == ["Parcel  /sent — Order ‹Order number› left with SF (‹note›)."]


def test_several_are_inserted_anywhere_by_key_and_nothing_else_of_the_text_is_lost(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    edit, picker = page.chat.composer.edit, page.chat.writing.templates.picker

    def choose(sought: str) -> None:
        qtbot.waitUntil(lambda: picker.isVisible() and picker.list.count() > 1)
        qtbot.keyClicks(picker.field, sought)
        qtbot.keyClick(picker.field, Qt.Key.Key_Return)

    qtbot.keyClicks(edit, "1/2 of it, /")
    choose("hours")
    qtbot.keyClicks(edit, " See you.")
    qtbot.keyClick(edit, Qt.Key.Key_Home)
    page.window().activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(edit, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    choose("hours")
    assert edit.toPlainText() == "We open at 9.1/2 of it, We open at 9. See you."
    assert not picker.isVisible()


@pytest.mark.parametrize(("begun", "key"), [("", Qt.Key.Key_Escape), ("Yes ", Qt.Key.Key_Backspace)])
def test_a_reply_is_as_before_when_no_template_is_chosen(
    qtbot: QtBot, world: World, bridge: Bridge, page: InboxPage, conversation: int, begun: str, key: Qt.Key
) -> None:
    edit, picker = page.chat.composer.edit, page.chat.writing.templates.picker
    qtbot.keyClicks(edit, f"{begun}/")
    assert picker.isVisible()
    page.chat.writing.keeping.finish()
    qtbot.keyClick(picker.field, key)
    assert (picker.isVisible(), edit.hasFocus(), edit.toPlainText()) == (False, True, begun)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [draft.text for _, draft in world.call(world.desk.drafts.stored())] == ([begun] if begun else [])


def test_two_slashes_write_one_but_not_where_a_key_has_opened_the_templates(
    qtbot: QtBot, page: InboxPage, conversation: int
) -> None:
    edit, templates = page.chat.composer.edit, page.chat.writing.templates
    qtbot.keyClicks(edit, "and /")
    qtbot.keyClicks(templates.picker.field, "/")
    assert (templates.picker.isVisible(), edit.hasFocus(), edit.toPlainText()) == (False, True, "and /")
    qtbot.keyClicks(edit, "or it is")
    templates.open_picker()
    qtbot.waitUntil(lambda: templates.picker.list.count() > 1)
    qtbot.keyClicks(templates.picker.field, "/hours")
    assert rows(page) == ["Hours  /hours — We open at 9."]
    qtbot.keyClick(templates.picker.field, Qt.Key.Key_Escape)
    assert edit.toPlainText() == "and /or it is"


def test_rows_say_what_the_customer_would_read_and_tab_goes_through_the_groups(
    qtbot: QtBot, world: World, page: InboxPage, conversation: int
) -> None:
    world.call(world.desk.conversations.describe(conversation, ContactChange(alias="Ms Li")))
    world.call(world.desk.templates.save(Template(0, "Size", "It fits.", category="Advice & fit")))
    qtbot.waitUntil(lambda: page.session.conversation is not None and page.session.conversation.contact.alias != "")
    picker = page.chat.writing.templates.picker
    qtbot.keyClicks(page.chat.composer.edit, "/")
    qtbot.waitUntil(lambda: picker.list.count() == 5)
    assert "Greeting  /hi — Dear Ms Li," in rows(page)
    assert "Parcel  /sent — Order ‹Order number› left with SF (‹note›)." in rows(page)
    assert not any("{" in row for row in rows(page))
    assert picker.group.text() == "All groups"
    qtbot.keyClick(picker.field, Qt.Key.Key_Tab)
    assert (picker.group.text(), rows(page)) == ("Advice && fit", ["Size — It fits."])
    picker.group.click()
    assert picker.list.count() == 5

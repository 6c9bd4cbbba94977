"""The page of templates: its list, what is written and kept, mistakes, former revisions, and an empty page."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.marks import lines_marked_in
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.templates import starter_templates
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.templates.template_list import TemplateRow
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.row_list import RECORD

type Stored = Callable[[], list[Template]]


def titles(page: TemplatesPage) -> list[str]:
    return [page.model.index(row).data() for row in range(page.model.rowCount())]


def settled(qtbot: QtBot, bridge: Bridge, page: TemplatesPage) -> None:
    page.editor.check_now()
    qtbot.waitUntil(lambda: bridge.is_idle)


def write(qtbot: QtBot, field: LabelledField | QWidget, text: str) -> None:
    edit = field.edit if isinstance(field, LabelledField) else field
    edit.setFocus()
    edit.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(edit, text)


def top[W: QWidget](kind: type[W]) -> W:
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind))


def choose(page: TemplatesPage, title: str) -> None:
    page.list.view.setCurrentIndex(page.model.index(titles(page).index(title)))


# -- the list


def test_each_row_tells_how_a_template_is_used(qtbot: QtBot, world: World, bridge: Bridge, page: TemplatesPage) -> None:
    assert titles(page) == ["Hours", "Parcel", "Returns"]
    row = page.model.index(2)
    assert row.data(RECORD) == TemplateRow("Returns", "/back", "Returns", "Shop · Link · Not used yet", unsaved=False)
    for _ in range(2):
        world.call(world.desk.templates.count_use(page.model.templates[0].id))
    qtbot.waitUntil(lambda: page.model.index(0).data(RECORD).facts == "Shop · Used 2 times · just now")


def test_the_list_is_searched_and_narrowed_by_category(qtbot: QtBot, page: TemplatesPage) -> None:
    assert [chip.text() for chip in page.list.chips.chips] == ["Shop", "Delivery"]
    page.list.chips.chips[0].click()
    assert titles(page) == ["Hours", "Returns"]
    qtbot.keyClicks(page.list.sought, "open")
    assert titles(page) == ["Hours"]
    qtbot.keyClicks(page.list.sought, "x")
    assert titles(page) == []
    assert page.list.none.isVisible()
    page.list.sought.empty_it.trigger()
    assert titles(page) == ["Hours", "Returns"]
    qtbot.keyClicks(page.list.sought, "x")
    qtbot.keyClick(page.list.sought, Qt.Key.Key_Escape)
    page.list.chips.chips[0].click()
    assert titles(page) == ["Hours", "Parcel", "Returns"]


def test_arrows_go_from_the_search_through_the_rows_and_back(qtbot: QtBot, page: TemplatesPage) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.list.sought.hasFocus()
    qtbot.keyClick(page.list.sought, Qt.Key.Key_Down)
    qtbot.keyClick(page.list.view, Qt.Key.Key_Down)
    assert page.editor.head.title.text() == "Parcel"
    for _ in range(2):
        qtbot.keyClick(page.list.view, Qt.Key.Key_Up)
    assert page.list.sought.hasFocus()


# -- creating and editing


def test_a_template_is_written_and_kept(qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored) -> None:
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.editor.head.title.hasFocus()
    assert page.editor.head.state.full_text() == "New, not saved yet"
    qtbot.keyClicks(page.editor.head.title, "Refund")
    page.editor.check_now()
    assert page.editor.head.state.full_text() == "There is no text yet."
    assert page.editor.preview.cost.isHidden(), "nothing takes no reply"
    write(qtbot, page.editor.finding.shortcut, "/tk")
    write(qtbot, page.editor.finding.keywords, "money, back")
    write(qtbot, page.editor.saying.text.edit, "You get {{ ask.amount }} back.")
    settled(qtbot, bridge, page)
    [row] = page.editor.prompts.rows
    row.label.setText("How much")
    page.editor.check_now()
    assert page.editor.preview.bubble.accessibleName() == "Preview: You get ‹How much› back."
    assert page.editor.preview.cost.full_text().endswith("takes 1 reply")
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(stored()) == 4)
    qtbot.waitUntil(lambda: not page.unsaved)
    made = next(one for one in stored() if one.title == "Refund")
    assert (made.shortcut, made.keywords, made.body) == ("tk", ("money", "back"), "You get {{ ask.amount }} back.")
    assert [(prompt.name, prompt.label, prompt.required) for prompt in made.prompts] == [("amount", "How much", True)]
    qtbot.waitUntil(lambda: page.list.view.currentIndex().data() == "Refund")


@pytest.mark.parametrize("sought", ["", "parcel"])
def test_a_new_template_becomes_the_current_row_also_where_the_list_comes_first(
    qtbot: QtBot, world: World, page: TemplatesPage, monkeypatch: pytest.MonkeyPatch, sought: str
) -> None:
    """As over a slow line: the desk's event may be there before the answer to the saving."""
    listed = asyncio.Event()

    async def save(template: Template) -> Template:
        saved = await world.desk.templates.save(template)
        await listed.wait()
        return saved

    monkeypatch.setattr(page._saving, "_ask_desk", save)
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.editor.head.title, "Refund")
    write(qtbot, page.editor.saying.text.edit, "You get it back.")
    page.list.sought.setText(sought)
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Refund" in [one.title for one in page._records])
    world.loop.call_soon_threadsafe(listed.set)
    qtbot.waitUntil(lambda: page.list.view.currentIndex().data() == "Refund")


def test_a_list_read_earlier_does_not_take_the_place_of_a_newer_one(
    qtbot: QtBot, world: World, bridge: Bridge, page: TemplatesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = FirstAnswerHeld(world.desk.templates.all, world.loop)
    monkeypatch.setattr(page, "_store", SimpleNamespace(all=earlier))
    page.activate()
    earlier.wait_until_read()
    world.call(world.desk.templates.save(Template(0, "Refund", "You get it back.")))
    qtbot.waitUntil(lambda: "Refund" in titles(page))
    earlier.give()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert "Refund" in titles(page)


def test_a_taken_shortcut_is_said_at_its_field(qtbot: QtBot, page: TemplatesPage) -> None:
    write(qtbot, page.editor.finding.shortcut, "SENT")
    page.editor.check_now()
    assert page.editor.finding.shortcut.error.full_text() == "“Parcel” has this shortcut already."
    assert not page.editor.head.save.isEnabled()
    write(qtbot, page.editor.finding.shortcut, "sent2")
    page.editor.check_now()
    assert page.editor.head.save.isEnabled()


def test_mistakes_are_said_where_they_are(qtbot: QtBot, page: TemplatesPage) -> None:
    text = page.editor.saying.text
    write(qtbot, page.editor.finding.shortcut, "a b")
    text.edit.setPlainText("Hello\n{{ contact.nmae }}")
    page.editor.check_now()
    assert page.editor.finding.shortcut.error.isVisible()
    unknown = "Line 2: There is no variable “contact.nmae”, only contact.alias, contact.short_id."
    assert text.fields[0].error.full_text() == unknown
    assert [mark.cursor.blockNumber() for mark in text.edit.extraSelections()] == [1]
    assert page.editor.preview.note.full_text() == "It is shown here once there is no mistake in the text."
    text.edit.setPlainText("{{ one }}\nHello\n{{ contact.nmae }}")
    page.editor.check_now()
    assert lines_marked_in(text.edit) == [1, 3]
    assert len(text.fields[0].error.full_text().splitlines()) == 2
    text.edit.setPlainText("Hello\n{{ contact.nmae }}")
    second = text.add_wording()
    second.edit.setPlainText("Hello")
    page.editor.check_now()
    assert (text.fields[0].error.full_text(), second.error.isVisible()) == (unknown, False)
    assert (lines_marked_in(text.edit), lines_marked_in(second.edit)) == ([2], [])


def test_a_declaration_survives_while_the_text_is_being_rewritten(page: TemplatesPage) -> None:
    choose(page, "Parcel")
    edit = page.editor.saying.text.edit
    for text, shown in (("{{ ask.n", []), ("{{ ask.no }} {{ ask.by }}", ["no", "by"])):
        edit.setPlainText(text)
        page.editor.check_now()
        assert [row.name for row in page.editor.prompts.rows] == shown
    assert page.editor.prompts.rows[0].label.text() == "Order number"


def test_wordings_are_kept(qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored) -> None:
    text = page.editor.saying.text
    assert not text.choice.isVisible()
    text.more.click()
    qtbot.keyClicks(text.fields[1].edit, "At nine.")
    page.editor.check_now()
    assert page.editor.preview.bubble.accessibleName() == "Preview: At nine."
    text.choice.popup_menu.actions()[1].trigger()
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].revision == 2)
    assert (stored()[0].texts, stored()[0].variant.value) == (("We open at 9.", "At nine."), "random")
    qtbot.waitUntil(lambda: not page.unsaved)
    text.fields[1].removed.emit(text.fields[1])
    assert page.editor.preview.bubble.accessibleName() == "Preview: At nine."
    page.editor.check_now()
    assert page.editor.preview.bubble.accessibleName() == "Preview: We open at 9."
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].revision == 3)
    assert (stored()[0].texts, stored()[0].variant.value) == (("We open at 9.",), "first")


def test_a_link_has_fields_of_its_own(qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored) -> None:
    page.editor.saying.kinds[ReplyKind.LINK].click()
    fields = page.editor.saying.fields
    write(qtbot, fields.by_name["title"], "Our hours")
    write(qtbot, fields.by_name["url"], "shop.example")
    page.editor.check_now()
    assert fields.by_name["url"].error.isVisible()
    assert not fields.by_name["page_path"].isVisible()
    write(qtbot, fields.by_name["url"], "https://shop.example")
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].kind is ReplyKind.LINK)
    assert (stored()[0].content.title, stored()[0].body) == ("Our hours", "")


def test_a_field_of_a_link_asks_and_shows_what_it_asks(qtbot: QtBot, page: TemplatesPage, stored: Stored) -> None:
    page.editor.saying.kinds[ReplyKind.LINK].click()
    fields = page.editor.saying.fields
    write(qtbot, fields.by_name["title"], "Hello ")
    write(qtbot, fields.by_name["url"], "https://shop.example/?no=")
    page.editor.saying.variables.fill()
    page.editor.saying.variables.popup_menu.actions()[0].trigger()
    assert fields.by_name["url"].text() == "https://shop.example/?no={{ ask.order_no }}"
    qtbot.keyClicks(fields.by_name["url"].edit, "no")  # in the place of the name that is proposed
    page.editor.check_now()
    assert [row.name for row in page.editor.prompts.rows] == ["no"]
    assert page.editor.preview.bubble.content.url == "https://shop.example/?no=‹no›"
    fields.by_name["title"].edit.setText("{{ nope }}")
    page.editor.check_now()
    assert "nope" in fields.by_name["title"].error.full_text()
    fields.by_name["title"].edit.setText("Hello {{ contact.alias }}")
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].prompts == (Prompt("no"),))


def test_a_copy_keeps_the_words_and_leaves_the_shortcut(qtbot: QtBot, page: TemplatesPage, stored: Stored) -> None:
    choose(page, "Parcel")
    qtbot.keySequence(page.list.view, "Ctrl+Shift+N")
    assert page.unsaved
    page.editor.save()
    qtbot.waitUntil(lambda: len(stored()) == 4)
    made = next(one for one in stored() if one.title == "Parcel (copy)")
    assert (made.shortcut, made.body, made.uses) == ("", stored()[1].body, 0)


# -- nothing is lost


def test_unsaved_changes_are_asked_about(qtbot: QtBot, page: TemplatesPage, stored: Stored) -> None:
    write(qtbot, page.editor.head.title, "When we open")
    assert page.unsaved
    choose(page, "Parcel")
    asking = top(LeaveDialog)
    asking.stay.click()
    assert (page.editor.head.title.text(), page.list.view.currentIndex().data()) == ("When we open", "Hours")
    qtbot.waitUntil(lambda: not any(isinstance(one, LeaveDialog) for one in QApplication.topLevelWidgets()))
    choose(page, "Parcel")
    top(LeaveDialog).save.click()
    qtbot.waitUntil(lambda: page.editor.head.title.text() == "Parcel")
    assert "When we open" in [one.title for one in stored()]


def test_the_search_stays_while_templates_change_elsewhere(
    qtbot: QtBot, world: World, bridge: Bridge, page: TemplatesPage, three: list[Template]
) -> None:
    qtbot.keyClicks(page.list.sought, "Parcel")
    world.call(world.desk.templates.save(replace(three[0], body="We open at 10.")))  # the edited one, and hidden
    qtbot.waitUntil(lambda: page.editor.saved.body == "We open at 10." and bridge.is_idle)
    assert (page.list.sought.text(), titles(page)) == ("Parcel", ["Parcel"])


def test_a_former_revision_of_another_template_is_not_written_over_this_one(
    qtbot: QtBot, world: World, bridge: Bridge, page: TemplatesPage, three: list[Template]
) -> None:
    world.call(world.desk.templates.save(replace(three[0], body="We open at 10.")))
    qtbot.waitUntil(lambda: page.editor.saved.revision == 2 and bridge.is_idle)
    page.editor.head.history.click()
    qtbot.waitUntil(lambda: any(isinstance(one, HistoryDialog) for one in QApplication.topLevelWidgets()))
    world.call(world.desk.templates.delete(three[0].id))
    qtbot.waitUntil(lambda: page.editor.saved.title == "Parcel")
    dialog = top(HistoryDialog)
    dialog.list.setCurrentRow(1)
    dialog.take.click()
    assert (page.editor.saved.id, page.editor.saying.text.edit.text()) == (0, "We open at 9.")


def test_a_former_revision_is_taken_into_the_editor(
    qtbot: QtBot, bridge: Bridge, page: TemplatesPage, stored: Stored
) -> None:
    page.editor.saying.text.edit.setPlainText("We open at 10.")
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].revision == 2 and not page.unsaved and bridge.is_idle)
    page.editor.head.history.click()
    qtbot.waitUntil(lambda: any(isinstance(one, HistoryDialog) for one in QApplication.topLevelWidgets()))
    dialog = top(HistoryDialog)
    assert not dialog.take.isEnabled()  # the newest is what the editor has
    dialog.list.setCurrentRow(1)
    assert "−\tWe open at 9.\n+\tWe open at 10." in dialog.view.toPlainText()
    dialog.take.click()
    assert (page.unsaved, page.editor.saying.text.edit.text()) == (True, "We open at 9.")
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].revision == 3)
    assert stored()[0].body == "We open at 9."


def test_changes_of_another_desk_are_shown_and_unsaved_text_stays(
    qtbot: QtBot, world: World, page: TemplatesPage, three: list[Template]
) -> None:
    world.call(world.desk.templates.delete(three[1].id))
    qtbot.waitUntil(lambda: titles(page) == ["Hours", "Returns"])
    write(qtbot, page.editor.head.title, "Mine")
    world.call(world.desk.templates.delete(three[0].id))
    qtbot.waitUntil(lambda: titles(page) == ["Returns"])
    assert page.editor.head.title.text() == "Mine"
    assert page.editor.saved.id == 0


def test_closing_the_window_asks_first(qtbot: QtBot, window: MainWindow) -> None:
    page = window.pages.templates.widget
    page.start_new()
    page.editor.head.title.setText("Half")
    window.quit()
    assert window.page_names[window.stack.currentIndex()] == "templates"
    with qtbot.waitSignal(window.closing):
        top(LeaveDialog).discard.click()


# -- beginning


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_an_empty_page_explains_and_offers_templates_in_each_language(
    qtbot: QtBot, empty_page: TemplatesPage, stored: Stored, language: str
) -> None:
    assert empty_page.empty.isVisible()
    before = i18n.language()
    i18n.use(language)
    empty_page.empty.starter.click()
    i18n.use(before)
    qtbot.waitUntil(lambda: len(stored()) == len(starter_templates(language)))
    assert {one.title for one in stored()} == {one.title for one in starter_templates(language)}
    qtbot.waitUntil(empty_page.editor.isVisible)


def test_a_narrow_page_shows_the_bubble_below_the_text(qtbot: QtBot, page: TemplatesPage) -> None:
    card, preview = page.editor.saying, page.editor.preview
    assert preview.mapTo(page, QPoint(0, 0)).x() > card.mapTo(page, card.rect().topRight()).x()
    page.window().resize(836, 568)
    qtbot.waitUntil(lambda: preview.mapTo(page, QPoint(0, 0)).y() > card.mapTo(page, card.rect().bottomLeft()).y())
    assert (page.width(), page.list.width()) == (836, 252)


def test_ten_thousand_templates_are_searched_at_once(
    qtbot: QtBot, world: World, page: TemplatesPage, show_page: ShowPage
) -> None:
    page.model.show([Template(n, f"Title {n}", "text", f"s{n}") for n in range(1, 10_001)])
    qtbot.keyClicks(page.list.sought, "s9999")
    assert titles(page)[0] == "Title 9999"

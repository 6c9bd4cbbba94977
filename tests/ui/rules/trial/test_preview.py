"""The bubbles of the rule that is being edited: live, with its mistakes, and apart from what is tried."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.marks import contents_of
from wxdesk import i18n
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import ActionKind
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.preview import ContentPreview
from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.look.theme import color_of
from wxdesk.ui.rules.editor.actions.bodies import ReplyBody
from wxdesk.ui.rules.editor.actions.fields import ContentFieldsBody
from wxdesk.ui.rules.editor.conditions.parts import PatternPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.widgets.labels import PlainLabel


def _edit(page: RulesPage, at: int = 0) -> TemplateEdit:
    body = page.editor.then_card.rows[at].body
    assert isinstance(body, ReplyBody)
    return body.wordings.edit


def test_the_edited_rule_is_shown_whichever_rule_answers_the_sentence(page: RulesPage, qtbot: QtBot) -> None:
    assert page.preview.isVisible()
    assert page.preview.texts[0] == "A colleague will help you."  # before anything was tried
    page.trial.sentence.setText("opening hours?")
    qtbot.waitUntil(lambda: "We open at 9." in page.trial.bubbles.texts)
    assert page.preview.texts == ["A colleague will help you.", "The conversation is handed over to a person."]
    assert page.preview.note.full_text().startswith("With example values.")
    page.trial.sentence.setText("a refund, please")
    qtbot.waitUntil(lambda: page.preview.note.full_text() == "To the sentence that you try: “a refund, please”")


def test_no_line_is_drawn_under_a_preview_that_is_not_there(page: RulesPage, qtbot: QtBot) -> None:
    line = page.trial.line
    assert line.isVisible()
    page.resize(836, 568)
    qtbot.waitUntil(page.trial.isHidden)
    assert line.isHidden(), "the preview is below the editor"
    page.resize(1216, 768)
    qtbot.waitUntil(line.isVisible)
    page._place.show(editing=False)
    assert line.isHidden()


def test_the_preview_follows_typing_with_the_tried_values(page: RulesPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.trial.writer.name, "Wang Fang")
    qtbot.keyClicks(_edit(page), "{{ contact.alias }}, you wrote {{ message.text }}. ")
    qtbot.waitUntil(lambda: page.preview.texts[0].startswith("Wang Fang, you wrote refund. A colleague"))
    page.trial.sentence.setText("refund now")
    qtbot.waitUntil(lambda: page.preview.texts[0].startswith("Wang Fang, you wrote refund now. A colleague"))
    assert page.preview.cost.full_text() == "59 / 2,048 bytes · takes 1 reply"  # 33 and the 26 that stood there


def test_a_mistake_stands_in_the_place_of_the_bubble(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("refund")
    _edit(page).setPlainText("Fine\n{{ nope }}")
    qtbot.waitUntil(lambda: page.preview.texts[0] == "Line 2: There is no variable “nope”.")
    assert not contents_of(page.preview)
    assert "A colleague will help you." not in page.preview.texts  # what is saved says something else
    _edit(page).setPlainText("Fine")
    qtbot.waitUntil(lambda: contents_of(page.preview) == [Content(text="Fine")])


def test_a_wrong_condition_is_said_above_the_bubble(page: RulesPage, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(2))
    part = page.editor.when_card.part("regex")
    assert isinstance(part, PatternPart)
    part.field.selectAll()
    qtbot.keyClicks(part.field, "(")
    qtbot.waitUntil(lambda: len(page.preview.texts) == 2)
    assert page.preview.texts[0] == "It cannot answer like this: A “(” is not closed."
    assert contents_of(page.preview) == [Content(text="Order ‹m.no› is on its way.")]


def test_wordings_links_and_cards_each_have_their_bubble(page: RulesPage, qtbot: QtBot) -> None:
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, ReplyBody)
    body.wordings.add_wording().edit.setPlainText("Somebody will help you.")
    page.editor.then_card.add_action(ActionKind.LINK)
    link = page.editor.then_card.rows[2].body
    link.field("title").setText("Our shop")  # type: ignore[attr-defined]
    page.editor.check_now()
    assert page.preview.texts[:3] == [
        "2 wordings, one after the other",
        *[one.text for one in contents_of(page.preview)],
    ]
    assert page.preview.texts[-1] == "Link: A link needs a title and a url that begins with https:// or http://."
    link.field("url").setText("https://shop.example")  # type: ignore[attr-defined]
    page.editor.check_now()
    shown = contents_of(page.preview)
    assert [one.text for one in shown[:2]] == ["A colleague will help you.", "Somebody will help you."]
    assert (shown[2].kind, shown[2].title) == (ReplyKind.LINK, "Our shop")
    assert page.preview.cost.full_text().endswith("takes 2 replies")


def test_the_fields_of_a_link_show_variables_and_mistakes_in_their_place(page: RulesPage, qtbot: QtBot) -> None:
    page.editor.then_card.add_action(ActionKind.LINK)
    body = page.editor.then_card.rows[2].body
    assert isinstance(body, ContentFieldsBody)
    assert body.variables is not None
    body.field("title").setText("For ")
    body.field("title").setFocus()
    body.field("url").setFocus()
    body.field("url").setText("https://shop.example/?q=")
    body.variables.fill()
    pick = next(one for one in body.variables.popup_menu.actions() if one.data() == "message.text")
    pick.trigger()
    assert body.field("url").text() == "https://shop.example/?q={{ message.text }}"
    body.field("title").setFocus()
    qtbot.keyClicks(body.field("title"), "{{ contact.alias }}")
    qtbot.keyClicks(page.trial.writer.name, "Wang Fang")
    qtbot.waitUntil(lambda: bool(contents_of(page.preview)) and contents_of(page.preview)[-1].title == "For Wang Fang")
    assert contents_of(page.preview)[-1].url == "https://shop.example/?q=refund"
    body.field("title").setText("{{ nope }}")
    body.field("description").setText("{{ contact.nope }}")
    page.editor.check_now()
    shown = [label.full_text() for label in body.findChildren(PlainLabel) if label.isVisible()]
    assert shown.index("There is no variable “nope”.") < shown.index(
        "There is no variable “contact.nope”, only contact.alias, contact.short_id."
    )
    assert [name for name in ("title", "description", "url") if body.field(name).property("wrong")] == [
        "title",
        "description",
    ]
    said = "There is no variable “nope”.\nThere is no variable “contact.nope”, only contact.alias, contact.short_id."
    assert page.preview.texts[-1] == said
    page.editor.show_place(page.editor.faults[1].where, 0)
    qtbot.waitUntil(lambda: body.field("description").hasFocus())


def test_a_rule_that_is_not_begun_says_so_calmly(page: RulesPage, qtbot: QtBot) -> None:
    page.start_new()
    qtbot.waitUntil(lambda: page.preview.texts == ["What the customer gets appears here as you write it."])


def test_an_entry_is_tried_too(page: RulesPage, qtbot: QtBot) -> None:
    page.editor.when_card.types.set_values({MessageType.TEXT, MessageType.ENTER_SESSION})
    page.editor.check_now()
    page.trial.kind.set_value(MessageType.ENTER_SESSION)
    page.trial.kind.chosen.emit(MessageType.ENTER_SESSION)
    qtbot.waitUntil(lambda: page.preview.note.full_text().startswith("With example values."))  # its words are missing


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_preview_is_in_sight_in_wide_and_narrow_windows(page: RulesPage, language: str, qtbot: QtBot) -> None:
    _edit(page).setPlainText("A long answer. " * 60)
    page.editor.check_now()
    for width, height in ((1216, 768), (836, 568), (1216, 768)):
        page.resize(width, height)
        qtbot.waitUntil(lambda: page.preview.isVisible() and bool(page.preview.bubbles))
        top = page.preview.mapTo(page, page.preview.rect().topLeft())
        bottom = page.preview.mapTo(page, page.preview.rect().bottomRight())
        assert page.rect().contains(top)
        assert page.rect().contains(bottom)
        assert page.preview.height() < height * 0.55
        qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in page.preview.bubbles))
        assert page.editor.foot.isVisible() is (width < 1000)


def test_all_mistakes_are_marked_counted_and_led_to(page: RulesPage, qtbot: QtBot) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.list.view.setCurrentIndex(page.rules.index(2))
    part = page.editor.when_card.part("regex")
    assert isinstance(part, PatternPart)
    part.field.setText("(")
    part.field.textEdited.emit()
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, ReplyBody)
    body.wordings.edit.setPlainText("{{ nope }}")
    second = body.wordings.add_wording()
    second.edit.setPlainText("Well\n{% if %}")
    page.editor.check_now()
    labels = page.editor.findChildren(PlainLabel)
    said = [label.full_text() for label in labels if not label.isHidden()]
    assert "A “(” is not closed." in said
    assert "Line 1: There is no variable “nope”." in said
    assert any(text.startswith("Line 2: ") for text in said)
    assert page.editor.head.mistakes.text() == "3 mistakes: show the next one"
    for field in (part.field, body.wordings.edit, second.edit, part.field):
        page.editor.head.mistakes.click()
        qtbot.waitUntil(field.hasFocus)
    assert second.edit.textCursor().blockNumber() == 1
    page.editor.head.revert.click()
    assert not page.editor.head.mistakes.isVisible()


def test_a_link_in_an_answer_is_shown_by_its_label(page: RulesPage) -> None:
    link = '<a href="https://shop.example/">our page</a>'
    page.trial.bubbles.show_answer(link, (Content(text=f"See {link}"),), "")
    shown = [bubble.accessibleName() for bubble in page.trial.bubbles.findChildren(ContentPreview)]
    assert shown == [f"Preview: {link}", "Preview: See our page"]


def test_a_card_has_the_same_margin_at_both_sides(page: RulesPage, qtbot: QtBot) -> None:
    """Where there was more room, as beside a template, its picture stood at the left of a wide bubble."""
    preview = ContentPreview(page.findChild(Album), fill="accent_tint", line="")
    qtbot.addWidget(preview)
    preview.show_content(Content(ReplyKind.CARD, title="Card"))
    preview.resize(400, preview.heightForWidth(400))
    image, middle = preview.grab().toImage(), preview.height() // 2
    inside = [x for x in range(400) if image.pixelColor(x, middle) != image.pixelColor(399, 0)]
    picture = [x for x in inside[1:-1] if image.pixelColor(x, middle) != color_of("accent_tint")]
    assert abs((picture[0] - inside[0]) - (inside[-1] - picture[-1])) <= 2

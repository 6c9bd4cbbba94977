"""Ctrl+K finds customers, messages, templates, rules, pages and commands, by keys alone, from every page."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import clock, conversation, message
from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxRow, SearchHit
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.desk.search import MOST_HITS, Found
from wxdesk.ui.inbox.conversation_list.search import Heading, Place, SearchModel, known_by
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.appearance import USUAL, Appearance
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.wording.conversation import preview_of_row

ZHANG, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"

type Search = Callable[[str], list[str]]


@pytest.fixture
def known(world: World) -> tuple[int, int]:
    """Two customers, the first with a name, a tag and a note; a rule and a template."""
    zhang, wang = world.say(ZHANG, "发票开好了吗"), world.say(WANG, "张小姐是谁")
    contact = world.call(world.store.conversations.get(zhang)).contact
    change = ContactChange(alias="发票张小姐", note="常买龙井", add=("老客户",))
    world.call(world.desk.conversations.describe(zhang, change))
    assert contact.alias == ""
    rule = Rule("退款转人工", when=Condition(any=("退款",)), then=(Action(ActionKind.TAKE_OVER),))
    world.call(world.desk.rules.rulebook.save(rule))
    world.call(world.desk.templates.save(Template(0, "退款流程", "七天内可退。")))
    return zhang, wang


@pytest.fixture
def search(qtbot: QtBot, window: MainWindow, known: tuple[int, int]) -> Search:
    """Press Ctrl+K, type, and wait for what is found."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    found = window.inbox.list

    def look_for(phrase: str) -> list[str]:
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(found.search.hasFocus)
        found.search.clear()
        qtbot.keyClicks(found.search, phrase) if phrase.isascii() else found.search.setText(phrase)
        qtbot.waitUntil(lambda: found.hits.phrase == phrase)
        return [_named(row) for row in found.hits.rows()]

    return look_for


def _named(row: object) -> str:
    match row:
        case Heading(word):
            return f"# {word}"
        case Place():
            return row.word
        case InboxRow():
            return row.conversation.contact.alias or row.conversation.contact.openid
        case SearchHit(item=Message() as found):
            return found.text
    raise TypeError(row)


def test_each_row_has_the_height_of_its_kind_and_of_the_letters(
    qtbot: QtBot, search: Search, window: MainWindow, appearance: Appearance
) -> None:
    search("张")
    view, found = window.inbox.list.found, window.inbox.list.hits

    def heights() -> list[int]:
        return [view.visualRect(found.index(row)).height() for row in range(found.rowCount())]

    assert heights() == [28, 60, 28, 60]
    appearance.resize(2 * USUAL)
    try:
        qtbot.waitUntil(lambda: heights() == [48, 100, 48, 100])
    finally:
        appearance.resize(USUAL)


def test_each_kind_is_found_the_best_first(search: Search) -> None:
    assert search("发票张") == ["发票张小姐"]
    assert search("张") == ["# Customers", "发票张小姐", "# Messages and replies", "张小姐是谁"]
    assert search("老客户") == ["发票张小姐"]
    assert search("龙井") == ["发票张小姐"]
    assert search("001") == ["发票张小姐"]
    assert search("退款") == ["# Templates", "退款流程", "# Rules", "退款转人工"]
    assert search("insights") == ["Insights"]
    assert search("pause or resume") == ["Pause or resume all automatic replies"]
    assert search("begin a new")[-2:] == ["Begin a new rule", "Begin a new template"]
    assert search("没有这个") == []


def test_a_rule_is_found_by_the_words_it_answers_after_those_named_so(world: World, search: Search) -> None:
    for name, when in (("物流", Condition(any=("快递",))), ("快递到哪", Condition(none=("快递",)))):
        world.call(world.desk.rules.rulebook.save(Rule(name, when=when, then=(Action(ActionKind.SILENT),))))
    assert search("快递") == ["快递到哪", "物流"]
    assert search("退款") == ["# Templates", "退款流程", "# Rules", "退款转人工"]
    unless = Condition(unless=Condition(any=("开票",)))
    world.call(world.desk.rules.rulebook.save(Rule("别的", when=unless, then=(Action(ActionKind.SILENT),))))
    assert search("开票") == []


def test_a_rule_found_by_a_word_shows_it(world: World, window: MainWindow, search: Search) -> None:
    when = Condition(exact=("单号",), any=("快递", "包裹"))
    world.call(world.desk.rules.rulebook.save(Rule("物流", when=when, then=(Action(ActionKind.SILENT),))))
    for phrase, why in (("包裹", "Answers “包裹”"), ("物流", "")):
        search(phrase)
        [row] = window.inbox.list.hits.rows()
        assert isinstance(row, Place)
        assert row.why == why
    assert window.inbox.list.hits.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "物流"


def test_more_rules_than_are_shown_beside_others_are_one_key_away(
    qtbot: QtBot, world: World, window: MainWindow, search: Search
) -> None:
    for name in ("退款一", "退款二", "退款三"):
        rule = Rule(name, when=Condition(any=(name,)), then=(Action(ActionKind.SILENT),))
        world.call(world.desk.rules.rulebook.save(rule))
    assert search("退款")[2:] == ["# Rules", "退款转人工", "退款一", "退款二", "Show all found"]
    found, hits = window.inbox.list.found, window.inbox.list.hits
    found.take(hits.index(hits.rowCount() - 1))
    assert [_named(row) for row in hits.rows()] == ["退款转人工", "退款一", "退款二", "退款三"]
    assert window.inbox.list.search.text() == "退款"


def test_a_mini_program_is_found_by_its_title(qtbot: QtBot, bridge: Bridge, window: MainWindow, search: Search) -> None:
    assert search("shop") == [], "it is the only one"
    qtbot.waitUntil(lambda: bridge.is_idle)  # a late answer would name the only one again
    window.inbox.list.strip.model.accounts = ("shop", "cafe")
    assert search("shop") == ["shop"]
    window.inbox.list.found.take(window.inbox.list.hits.first())
    assert window.inbox.list.scope.narrowing.account == "shop"
    assert window.inbox.list.search.text() == ""


def test_enter_opens_the_best_one_and_the_cursor_is_in_the_reply(
    qtbot: QtBot, window: MainWindow, search: Search, known: tuple[int, int]
) -> None:
    search("发票张")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.inbox.session.conversation_id == known[0])
    qtbot.waitUntil(window.inbox.chat.composer.edit.hasFocus)
    assert window.inbox.list.search.text() == ""


def test_enter_that_comes_before_the_answer_waits_for_it(
    qtbot: QtBot, window: MainWindow, search: Search, known: tuple[int, int]
) -> None:
    search("发票张")
    window.inbox.list.search.setText("张小姐是谁")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.inbox.session.conversation_id == known[1])
    assert window.inbox.list.search.text() == "张小姐是谁"  # messages are gone through one by one
    assert window.inbox.list.found.currentIndex().isValid()


def test_down_goes_over_the_headings(qtbot: QtBot, window: MainWindow, search: Search, known: tuple[int, int]) -> None:
    search("张")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Down)
    found = window.inbox.list.found
    assert found.currentIndex().row() == 1
    qtbot.keyClick(found, Qt.Key.Key_Down)
    assert found.currentIndex().row() == 3
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.inbox.session.conversation_id == known[1])


def test_a_rule_a_template_a_page_and_a_command_are_reached(
    qtbot: QtBot, window: MainWindow, search: Search, bridge: Bridge
) -> None:
    rules, templates = window.pages.rules.widget, window.pages.templates.widget
    search("退款转")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle and rules.isVisible())
    assert rules.editor.saved.name == "退款转人工"
    search("退款流程")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.is_idle and templates.isVisible())
    assert templates.editor.saved.title == "退款流程"
    search("insights")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    assert window.page_names[window.stack.currentIndex()] == "insights"
    search("pause or resume")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(window.pause_bar.isVisible)


@pytest.mark.parametrize(
    ("phrase", "found", "field"),
    [("disturb", "Do not disturb", "quiet_from"), ("word gu", "Word guard", "guarded_words")],
)
def test_a_setting_is_reached_also_where_the_page_has_to_scroll(
    qtbot: QtBot, window: MainWindow, search: Search, phrase: str, found: str, field: str
) -> None:
    window.resize(900, 600)
    assert search(phrase) == [found]
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    settings = window.pages.settings.widget
    qtbot.waitUntil(settings.isVisible)
    line = settings.preferences.lines[field]
    qtbot.waitUntil(lambda: line.isAncestorOf(QApplication.focusWidget()))
    assert not line.visibleRegion().isEmpty()


def test_a_card_of_the_settings_is_found_by_its_title(qtbot: QtBot, window: MainWindow, search: Search) -> None:
    assert search("how the desk works") == ["How the desk works with you"]
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Return)
    title = window.pages.settings.widget.preferences.title
    qtbot.waitUntil(lambda: not title.visibleRegion().isEmpty())


def test_esc_leads_back_to_the_page_of_before(qtbot: QtBot, window: MainWindow, search: Search) -> None:
    window.show_page(1)
    search("张")
    assert isinstance(window.stack.currentWidget(), InboxPage)
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Escape)
    assert window.stack.currentIndex() == 1
    window.show_page(0)
    search("张")
    qtbot.keyClick(window.inbox.list.search, Qt.Key.Key_Escape)
    assert window.stack.currentIndex() == 0


def test_many_messages_are_cut_beside_others_until_all_are_wanted(
    qtbot: QtBot, window: MainWindow, world: World, search: Search
) -> None:
    for number in range(4):
        world.say(WANG, f"张 {number}")
    assert search("张")[-4:] == ["张 3", "张 2", "张 1", "Show all found"]
    found = window.inbox.list.found
    found.setCurrentIndex(window.inbox.list.hits.index(window.inbox.list.hits.rowCount() - 1))
    qtbot.keyClick(found, Qt.Key.Key_Return)
    assert [_named(row) for row in window.inbox.list.hits.rows()] == ["张 3", "张 2", "张 1", "张 0", "张小姐是谁"]


@pytest.mark.parametrize("count", [MOST_HITS - 1, MOST_HITS])
def test_more_than_are_found_at_the_most_is_said_below_the_last(count: int) -> None:
    model = SearchModel(clock)
    model.show("张", Found(messages=tuple(SearchHit(conversation(1), message(n + 1)) for n in range(count))))
    last = model.rows()[-1]
    assert (last == Heading("These are 200. Add a word to find others.")) is (count == MOST_HITS)


def test_all_customers_of_a_name_are_reached_and_say_what_the_list_says(
    qtbot: QtBot, window: MainWindow, world: World, search: Search
) -> None:
    made = [world.say(f"oLi{number:022}", f"问 {number}") for number in range(5)]
    for one in made:
        world.call(world.desk.conversations.describe(one, ContactChange(alias="李雷")))
    world.say(WANG, "李雷在吗")
    hits = window.inbox.list.hits
    assert search("李雷") == [
        "# Customers",
        *["李雷"] * 3,
        "Show all found",
        "# Messages and replies",
        "李雷在吗",
    ]
    qtbot.waitUntil(lambda: window.inbox.list.model.rowCount() == 7)
    for row in hits.rows()[1:4]:
        assert isinstance(row, InboxRow)
        assert known_by(row, "李雷") == preview_of_row(row) == row.conversation.preview
    window.inbox.list.found.take(hits.index(4))
    assert [_named(row) for row in hits.rows()] == ["李雷"] * 5
    assert search("oLi") == ["李雷"] * 5, "nothing is cut where there is nothing else"
    assert known_by(hits.rows()[0], "oLi") == "oLi0…004"  # type: ignore[arg-type]


def test_a_customer_without_a_name_is_found_with_what_waits_not_the_id_again(
    window: MainWindow, world: World, search: Search
) -> None:
    world.say(ZHANG.replace("Customer", "Stranger"), "几点开门")
    search("oStranger")
    [row] = window.inbox.list.hits.rows()
    assert isinstance(row, InboxRow)
    assert known_by(row, "oStranger") == "几点开门"
    replied = replace(row.conversation, preview="收到", preview_author=Author.RULE)
    waits = replace(row, conversation=replied, question=message(1, text="几点开门"))
    assert known_by(waits, "oStranger") == "几点开门", "as in the list, where the question still waits"
    assert (
        known_by(
            replace(row, conversation=replace(row.conversation, unread=0), unsent=Content(text="九点")), "oStranger"
        )
        == "[Draft] 九点"
    ), "nobody has said it"
    world.call(world.desk.conversations.describe(row.conversation.id, ContactChange(add=("门店",))))
    search("门店")
    [row] = window.inbox.list.hits.rows()
    assert known_by(row, "门店") == "Tag: 门店"  # type: ignore[arg-type]

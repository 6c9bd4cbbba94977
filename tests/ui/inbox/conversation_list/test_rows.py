"""Rows by right click and by Ctrl and Shift: nothing is opened by it, and one act reaches all of them, and its undo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from msgspec import structs
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDateTimeEdit, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.menus import popup_menu
from tests.ui.world import World
from wxdesk.config.reading import AccountEntry
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import Conversation, ConversationStatus, Narrowing
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.inbox.conversation_list.rows import ConversationDelegate
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.appearance import LARGEST, USUAL, Appearance
from wxdesk.ui.look.theme import Size, color_of, font
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.painting import fitting, painting
from wxdesk.ui.wording.conversation import preview_of_row, quota_wordings
from wxdesk.ui.wording.reply_status import ReplyStatus

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PEOPLE = [f"oCustomer000000000000000000{n}" for n in range(4)]


@pytest.fixture
def four(world: World, page: InboxPage, qtbot: QtBot, opened: Callable[[int], None]) -> list[int]:
    """Four who have written, as they are listed; the first is open."""
    ids = [world.say(one, "hello") for one in PEOPLE][::-1]
    qtbot.waitUntil(lambda: shown(page) == ids)
    opened(ids[0])
    return ids


def shown(page: InboxPage) -> list[int]:
    return [row.conversation.id for row in page.list.model.rows()]


def click(
    qtbot: QtBot, page: InboxPage, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = page.list.view.visualRect(page.list.model.index(row)).center()
    qtbot.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def menu_on(qtbot: QtBot, page: InboxPage, row: int) -> QMenu:
    """A right click on a row, as the mouse sends it, and its menu."""
    viewport = page.list.view.viewport()
    place = page.list.view.visualRect(page.list.model.index(row)).center()
    qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    return popup_menu(qtbot)


def words(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def pick(menu: QMenu, *path: str) -> None:
    """Choose an action by Return, through its submenus, as hands do: the menus close before it is done."""
    for word in path:
        action = next(action for action in menu.actions() if action.text() == word)
        menu.setActiveAction(action)
        if word is not path[-1]:
            menu = action.menu()  # type: ignore[assignment]
    QTest.keyClick(menu, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def dialog(qtbot: QtBot, page: InboxPage) -> ConfirmDialog:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.window().findChildren(ConfirmDialog)))
    return next(one for one in page.window().findChildren(ConfirmDialog) if one.isVisible())


def stored(world: World, ids: list[int]) -> list[Conversation]:
    return [world.call(world.store.conversations.get(one)) for one in ids]


def undo(qtbot: QtBot, page: InboxPage, said: str) -> None:
    toast = page.window().findChild(Toast)
    assert isinstance(toast, Toast)
    qtbot.waitUntil(lambda: toast._label.full_text() == said)
    toast.act()


def test_a_right_click_opens_a_menu_and_neither_opens_the_row_nor_reads_it(
    qtbot: QtBot, world: World, page: InboxPage, four: list[int]
) -> None:
    menu = menu_on(qtbot, page, 2)
    assert words(menu) == [
        "Mark as read", "Pin on top", "Resolve", "Snooze", "Tags", "Block", "Copy the openid",
    ]  # fmt: skip
    pick(menu, "Copy the openid")
    assert QGuiApplication.clipboard().text() == PEOPLE[1]
    assert page.session.conversation_id == four[0]
    assert stored(world, four[2:3])[0].unread == 1
    pick(menu_on(qtbot, page, 2), "Pin on top")
    qtbot.waitUntil(lambda: shown(page).index(four[2]) < 2)  # the open one keeps its place
    assert page.list.model.index(shown(page).index(four[2])).data().split(", ")[1] == "Pinned on top"
    pick(menu_on(qtbot, page, shown(page).index(four[2])), "Take from the top")
    qtbot.waitUntil(lambda: not stored(world, four[2:3])[0].pinned)


def test_ctrl_and_shift_choose_rows_that_one_act_reaches_with_one_undo(
    qtbot: QtBot, world: World, page: InboxPage, four: list[int]
) -> None:
    click(qtbot, page, 1, CTRL)
    click(qtbot, page, 2, CTRL)
    assert page.session.conversation_id == four[0]
    line = page.list.several
    assert (line.isVisible(), line.count.full_text()) == (True, "3 chosen")
    line.menu.click()
    pick(popup_menu(qtbot), "Resolve")
    qtbot.waitUntil(lambda: four[3] == page.session.conversation_id)  # the open one was among them
    qtbot.waitUntil(lambda: shown(page) == [four[3]])
    assert not line.isVisible()
    assert {one.status for one in stored(world, four[:3])} == {ConversationStatus.RESOLVED}
    undo(qtbot, page, "Resolved: 3 conversations")
    qtbot.waitUntil(lambda: sorted(shown(page)) == sorted(four))
    qtbot.waitUntil(lambda: page.session.conversation_id == four[0])


def test_keys_reach_all_chosen_rows_too(qtbot: QtBot, world: World, page: InboxPage, four: list[int]) -> None:
    def statuses() -> set[ConversationStatus]:
        return {one.status for one in stored(world, four[:2])}

    click(qtbot, page, 1, CTRL)
    qtbot.keyClick(page, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: statuses() == {ConversationStatus.RESOLVED})
    undo(qtbot, page, "Resolved: 2 conversations")
    qtbot.waitUntil(lambda: sorted(shown(page)) == sorted(four) and page.session.conversation_id == four[0])
    click(qtbot, page, shown(page).index(four[1]), CTRL)
    qtbot.keyClick(page, Qt.Key.Key_F5, SHIFT)
    popup_menu(qtbot).actions()[0].trigger()
    qtbot.waitUntil(lambda: statuses() == {ConversationStatus.SNOOZED})
    assert stored(world, four[2:3])[0].status is ConversationStatus.OPEN


def test_shift_and_the_arrows_choose_too_and_esc_chooses_one_again(
    qtbot: QtBot, world: World, page: InboxPage, four: list[int]
) -> None:
    view = page.list.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert page.list.several.count.full_text() == "3 chosen"
    world.call(world.desk.conversations.describe(four[3], ContactChange(alias="Last")))
    qtbot.waitUntil(lambda: "Last" in page.list.model.index(3).data())
    assert page.list.several.count.full_text() == "3 chosen"  # what changes meanwhile changes nothing of it
    assert page.session.conversation_id == four[0]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not page.list.several.isVisible()
    assert view.currentIndex().row() == 0, "the open one again"
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    click(qtbot, page, 1)  # where the cursor is already
    qtbot.waitUntil(lambda: page.session.conversation_id == four[1])
    view.ask_for_menu(view.currentIndex(), QPoint(10, 10))
    menu = popup_menu(qtbot)
    assert "Copy the openid" in words(menu)  # of one row
    menu.close()


def test_tags_and_a_time_of_ones_own_are_given_to_all_chosen(
    qtbot: QtBot, world: World, page: InboxPage, four: list[int]
) -> None:
    world.call(world.desk.conversations.describe(four[1], ContactChange(add=("vip",))))
    qtbot.waitUntil(lambda: page.list.model.rows()[1].conversation.contact.tags == ("vip",))
    click(qtbot, page, 2, SHIFT)
    pick(menu_on(qtbot, page, 1), "Tags", "vip")
    qtbot.waitUntil(lambda: [one.contact.tags for one in stored(world, four)] == [("vip",)] * 3 + [()])
    qtbot.waitUntil(lambda: page.window().findChild(Toast).isVisible())
    undo(qtbot, page, "Tagged “vip”: 2 conversations")
    qtbot.waitUntil(lambda: [one.contact.tags for one in stored(world, four)] == [(), ("vip",), (), ()])
    pick(menu_on(qtbot, page, 3), "Tags", "New tag…")
    asked = dialog(qtbot, page)
    field = asked.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, " wholesale  buyer ")
    asked.accept()
    qtbot.waitUntil(lambda: stored(world, four)[3].contact.tags == ("wholesale buyer",))
    pick(menu_on(qtbot, page, 3), "Snooze", "Until another time…")
    asked = dialog(qtbot, page)
    when = asked.findChild(QDateTimeEdit)
    assert isinstance(when, QDateTimeEdit)
    wanted = when.dateTime().addSecs(600)
    when.setDateTime(wanted)
    asked.accept()
    qtbot.waitUntil(lambda: stored(world, four)[3].status is ConversationStatus.SNOOZED)
    until = stored(world, four)[3].snoozed_until
    assert until is not None
    assert until.astimezone().replace(tzinfo=None) == wanted.toPython()
    assert until > world.clock() + timedelta(hours=1)


def test_a_row_marked_unread_stays_so_while_open(qtbot: QtBot, world: World, page: InboxPage, four: list[int]) -> None:
    qtbot.waitUntil(lambda: stored(world, four[:1])[0].unread == 0)
    qtbot.waitUntil(lambda: page.list.model.rows()[0].conversation.unread == 0)
    pick(menu_on(qtbot, page, 0), "Mark as unread")
    qtbot.waitUntil(lambda: page.session.conversation_id is None)
    assert stored(world, four[:1])[0].unread == 1


def test_rows_name_their_mini_program_unless_the_list_is_narrowed_to_one(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    chat = world.say(PEOPLE[0], "hello")
    qtbot.waitUntil(lambda: len(shown(page)) == 1 and bridge.is_idle)
    before = looks(page)
    assert not before.spoken.endswith(", shop")
    setup = world.desk.configuration.now
    tea = AccountEntry("tea", "wxabcdefabcdef1234", "gh_ba9876543210")
    config = structs.replace(setup.config, accounts=(*setup.config.accounts, tea))
    world.call(world.desk.configuration.apply(replace(setup, config=config)))
    world.say(PEOPLE[1], "hello")
    qtbot.waitUntil(lambda: len(shown(page)) == 2 and looks(page, 1).spoken.endswith(", shop"))
    assert looks(page, 1).ink > before.ink
    page.list.scope.narrow(Narrowing(account="shop"))
    qtbot.waitUntil(lambda: not looks(page).spoken.endswith(", shop"))
    page.list.scope.narrow(Narrowing())
    world.call(world.desk.configuration.apply(replace(setup, config=structs.replace(config, accounts=(tea,)))))
    world.call(world.desk.conversations.describe(chat, ContactChange(alias="Li Lei")))
    page.list.chips.choose(InboxFilter.RESOLVED)
    qtbot.waitUntil(lambda: len(shown(page)) == 2 and any("Li Lei" in looks(page, row).spoken for row in (0, 1)))
    assert all(looks(page, row).spoken.endswith(", shop") for row in (0, 1)), "it was removed, and these stay"


def test_a_row_shows_the_question_that_waits_and_not_what_a_rule_said_to_it(
    qtbot: QtBot, world: World, page: InboxPage
) -> None:
    said = Action(ActionKind.REPLY, text="A colleague will see to it.")
    rule = Rule("Damage", when=Condition(any=("broken",)), then=(said, Action(ActionKind.TAKE_OVER)))
    world.call(world.desk.rules.rulebook.save(rule))
    waits, answered = world.say(PEOPLE[0], "it came broken"), world.say(PEOPLE[1], "opening hours?")

    def preview(conversation_id: int) -> str:
        row = page.list.model.record(conversation_id)
        return "" if row is None else preview_of_row(row)

    held = world.call(world.desk.inbox.held_replies())
    assert world.call(world.desk.replies.release_held(tuple(one.reply.id for one in held))) == 2
    qtbot.waitUntil(lambda: preview(answered).startswith("Rule: "))
    for one in held:
        world.wait_until_sent(one.reply.id)
    qtbot.waitUntil(lambda: (row := page.list.model.record(waits)) is not None and row.conversation.taken_over)
    assert preview(waits) == "it came broken"
    world.call(world.desk.replies.write(waits, "I will send another one."))
    qtbot.waitUntil(lambda: preview(waits) == "You: I will send another one.")


@pytest.mark.parametrize("with_data", [True, False])
def test_the_list_lets_go_of_a_removed_mini_programs_customers_at_once(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, with_data: bool
) -> None:
    world.say(PEOPLE[0], "hello")
    qtbot.waitUntil(lambda: len(shown(page)) == 1 and bridge.is_idle)
    now = world.desk.configuration.now
    world.desk.configuration.now = replace(now, sources=SecretSources(world.home, {}))
    config, [shop] = now.config, now.config.accounts
    (world.home / "config.toml").write_text(
        f'[listener]\nport = 0\n[wechat]\napi_base = "{config.wechat.api_base}"\n'
        f'[[accounts]]\nname = "shop"\napp_id = "{shop.app_id}"\noriginal_id = "{shop.original_id}"\n'
    )
    world.call(world.desk.account_editing.remove("shop", with_data=with_data))
    qtbot.waitUntil(lambda: shown(page) == [])
    assert world.call(world.store.inbox.counts()).unread == 0


@dataclass(frozen=True)
class Looks:
    """A row as it is said, and the dark pixels of the line of its name."""

    spoken: str
    ink: int


def looks(page: InboxPage, row: int = 0) -> Looks:
    view, index = page.list.view, page.list.model.index(row)
    line = view.visualRect(index).adjusted(120, 10, -60, 0)
    line.setHeight(20)
    shot = view.viewport().grab(line).toImage()
    ink = sum(shot.pixelColor(x, y).lightness() < 160 for x in range(shot.width()) for y in range(shot.height()))
    return Looks(index.data(Qt.ItemDataRole.AccessibleTextRole), ink)


def test_a_long_wait_leaves_room_for_the_name_in_the_largest_letters(
    world: World, page: InboxPage, four: list[int], monkeypatch: pytest.MonkeyPatch, appearance: Appearance
) -> None:
    later = world.clock() + timedelta(minutes=17)
    monkeypatch.setattr(page.list.model, "clock", lambda: later)
    for size in (LARGEST, USUAL):
        appearance.resize(size)
        line = page.list.view.visualRect(page.list.model.index(1)).adjusted(62, 10, 0, 0)
        shot = page.list.view.viewport().grab(QRect(line.topLeft(), QSize(100, 20))).toImage()
        dark = [x for x in range(shot.width()) if any(shot.pixelColor(x, y).lightness() < 80 for y in range(20))]
        assert max(dark) > 60, size


def test_beside_a_status_only_whole_words_are_painted(world: World, page: InboxPage, four: list[int]) -> None:
    conversation = page.list.model.rows()[0].conversation
    wordings, face = quota_wordings(conversation, world.clock()), font(Size.SMALL)
    widths = [QFontMetrics(face).horizontalAdvance(words) for words in wordings]
    rooms = [widths[0], widths[0] - 1, widths[1] - 1]
    assert [fitting(wordings, face, room) for room in rooms] == [*wordings, ""]


@pytest.mark.parametrize("size", [USUAL, LARGEST])
def test_the_mark_of_a_status_is_as_large_as_its_words(
    page: InboxPage, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Size, "MESSAGE", size)
    delegate, image = page.list.view.itemDelegate(), QImage(60, 40, QImage.Format.Format_RGB32)
    assert isinstance(delegate, ConversationDelegate)
    image.fill(color_of("panel"))
    with painting(image) as painter:
        taken = delegate._paint_mark(painter, QRect(0, 0, 60, 40), ReplyStatus("Failed", "failed", "warning"))
    columns = [x for x in range(60) if any(image.pixelColor(x, y) != color_of("panel") for y in range(40))]
    assert 0.7 * size <= len(columns) <= size < taken

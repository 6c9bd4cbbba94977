"""The menu beside the search narrows the list, and keeps a narrowing as a view."""

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.core.model.conversation import EVERYTHING, Narrowing, SavedView
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog

FIRST, SECOND, THIRD = (f"oCustomer000000000000000{n}" for n in (1, 2, 3))


def choose(qtbot: QtBot, page: InboxPage, *words: str) -> None:
    """Open the menu and choose an entry, perhaps of a menu below it."""
    page.list.scope.click()
    qtbot.waitUntil(lambda: bool(page.list.scope.findChildren(QMenu)))
    menu = page.list.scope.findChildren(QMenu)[0]
    for word in words:
        action = entry(menu, word)
        menu = action.menu() or menu  # type: ignore[assignment]
    action.trigger()
    for one in page.list.scope.findChildren(QMenu):
        one.close()
    qtbot.waitUntil(lambda: not page.list.scope.findChildren(QMenu))


def entry(menu: QMenu, word: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == word)


def keep(qtbot: QtBot, page: InboxPage, entry: str, name: str) -> None:
    """Keep the view that is shown under a name."""
    choose(qtbot, page, entry)
    [asked] = [one for one in page.window().findChildren(ConfirmDialog) if one.isVisible()]
    asked.findChild(QLineEdit).setText(name)
    asked.action.click()


def marked(qtbot: QtBot, page: InboxPage, known: list[str]) -> list[str]:
    """Those of the `known` views that the menu marks as shown."""
    return [text for text, is_checked in entries(qtbot, page) if text in known and is_checked]


def offered(qtbot: QtBot, page: InboxPage) -> list[str]:
    """The moves of the shown view that the menu offers."""
    return [text for text, _ in entries(qtbot, page) if text.startswith("Move ")]


def entries(qtbot: QtBot, page: InboxPage) -> list[tuple[str, bool]]:
    """The entries of the menu, and which are marked."""
    page.list.scope.click()
    qtbot.waitUntil(lambda: bool(page.list.scope.findChildren(QMenu)))
    menus = page.list.scope.findChildren(QMenu)
    found = [(action.text(), action.isChecked()) for action in menus[0].actions()]
    for one in menus:
        one.close()
    qtbot.waitUntil(lambda: not page.list.scope.findChildren(QMenu))
    return found


def names(world: World) -> list[str]:
    return [view.name for view in world.desk.preferences.now.views]


def test_a_list_is_narrowed_kept_as_a_view_and_wide_again(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge
) -> None:
    first, second = world.say(FIRST, "hello"), world.say(SECOND, "hello")
    world.call(world.desk.conversations.describe(first, ContactChange(add=("VIP",))))
    world.call(world.desk.conversations.describe(second, ContactChange(blocked=True)))
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 2)

    def shown() -> list[int]:
        return [row.conversation.id for row in page.list.model.rows()]

    choose(qtbot, page, "Tag", "VIP")
    qtbot.waitUntil(lambda: shown() == [first])
    assert page.list.narrowness.isVisible()
    assert page.list.narrowness.text() == "VIP ✕"
    third = world.say(THIRD, "hello")
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert shown() == [first]
    keep(qtbot, page, "Keep this view…", "")
    qtbot.waitUntil(lambda: names(world) == ["VIP"])
    page.list.narrowness.click()
    qtbot.waitUntil(lambda: sorted(shown()) == [first, second, third])
    assert not page.list.narrowness.isVisible()

    choose(qtbot, page, "Blocked")
    qtbot.waitUntil(lambda: shown() == [second])
    keep(qtbot, page, "Keep this view…", "Pests")
    qtbot.waitUntil(lambda: names(world) == ["VIP", "Pests"])
    choose(qtbot, page, "Move this view up")
    qtbot.waitUntil(lambda: names(world) == ["Pests", "VIP"])
    assert marked(qtbot, page, names(world)) == ["Pests"]
    choose(qtbot, page, "VIP")
    qtbot.waitUntil(lambda: shown() == [first])
    choose(qtbot, page, "Move this view up")
    qtbot.waitUntil(lambda: names(world) == ["VIP", "Pests"])
    keep(qtbot, page, "Rename this view…", " Best & first ")
    qtbot.waitUntil(lambda: names(world) == ["Best & first", "Pests"])
    choose(qtbot, page, "Forget this view")
    qtbot.waitUntil(lambda: names(world) == ["Pests"])


def test_a_view_moves_one_place_or_to_the_top(qtbot: QtBot, world: World, page: InboxPage) -> None:
    """It used to climb one place a visit to the menu."""
    views = tuple(SavedView(f"Last {days}", "all", replace(EVERYTHING, days=days)) for days in (1, 7, 30))
    page.list.scope.kept.emit(views)
    qtbot.waitUntil(lambda: names(world) == ["Last 1", "Last 7", "Last 30"])
    choose(qtbot, page, "Last 30")
    assert offered(qtbot, page) == ["Move this view to the top", "Move this view up"]
    choose(qtbot, page, "Move this view to the top")
    qtbot.waitUntil(lambda: names(world) == ["Last 30", "Last 1", "Last 7"])
    assert offered(qtbot, page) == ["Move this view down"]
    choose(qtbot, page, "Move this view down")
    qtbot.waitUntil(lambda: names(world) == ["Last 1", "Last 30", "Last 7"])
    assert offered(qtbot, page) == ["Move this view up", "Move this view down"]


def test_a_narrowing_that_nobody_fits_says_so_and_leads_back(qtbot: QtBot, world: World, page: InboxPage) -> None:
    """It used to say that everything was resolved, while customers waited."""
    world.say(FIRST, "hello")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    choose(qtbot, page, "Blocked")
    qtbot.waitUntil(page.list.empty.isVisible)
    assert page.list.empty.sentence.full_text() == "No conversation fits “Blocked”."
    page.list.empty.step.click()
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1 and page.list.view.isVisible())


def test_a_search_tells_whom_it_hides(qtbot: QtBot, world: World, page: InboxPage) -> None:
    world.say(FIRST, "a needle")
    page.list.search.setText("needle")
    qtbot.waitUntil(lambda: page.list.hits.rowCount() == 1)
    qtbot.keyClick(page.list.search, Qt.Key.Key_Down)
    assert page.list.found.selectedIndexes()  # the hit that is looked at is marked
    world.say(SECOND, "hello")
    qtbot.waitUntil(page.list.arrived.isVisible)
    assert page.list.arrived.text() == "1 customer wrote meanwhile ✕"
    page.list.arrived.click()
    assert page.list.view.isVisible()
    assert not page.list.arrived.isVisible()


def test_a_long_page_keeps_the_width_of_the_list(page: InboxPage) -> None:
    where = "pages/goods/detail?id=" + "1024" * 20
    page.list.scope.narrow(Narrowing(page=where))
    assert page.list.narrowness.text() == "pages/goods/detail?id=10… ✕"
    assert page.list.narrowness.accessibleName() == where
    assert page.list.narrowness.sizeHint().width() < page.list.width()


def test_the_menu_offers_the_filter_whose_chip_has_no_room(qtbot: QtBot, world: World, page: InboxPage) -> None:
    page.window().resize(900, 600)
    chips = page.list.chips
    chips.show_counts(InboxCounts(needs_human=12, pending=12, failed=12))
    unread = chips.by_filter[InboxFilter.UNREAD]
    assert unread.isHidden()
    choose(qtbot, page, "Unread")
    assert page.list.chips.filter is InboxFilter.UNREAD
    assert unread.isChecked()
    assert unread.isVisible()

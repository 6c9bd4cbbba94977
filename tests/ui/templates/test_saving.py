"""What happens between writing a template and its being stored."""

from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.templates.test_page import Stored, choose, titles, top, write
from tests.ui.world import World
from wxdesk.core.templates import Prompt, Template
from wxdesk.ui.editing.saving import KEY
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


def test_saved_twice_at_once_it_is_stored_once(
    page: TemplatesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.start_new()
    page.editor.write(Template(0, "Parking", "Behind the shop."))
    qtbot.mouseClick(page.editor.head.save, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.editor.head.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [one.title for one in stored()].count("Parking") == 1
    assert not page.unsaved


class CountedPage(TemplatesPage):
    """A page that counts how often it has loaded the list."""

    loaded = 0

    def _show(self, records: list[Template]) -> None:
        self.loaded += 1
        super()._show(records)


def test_the_list_is_loaded_once_for_each_saving(
    three: list[Template], show_page: ShowPage, bridge: Bridge, qtbot: QtBot
) -> None:
    page = show_page(CountedPage, 1216, 768)
    page.list.sought.setText("parcel")
    write(qtbot, page.editor.head.title, "When we open")
    before = page.loaded
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    assert page.loaded == before + 1
    assert "When we open" in titles(page), "the search that hid it is cleared"


def test_a_template_changed_elsewhere_is_not_written_over_unasked(
    page: TemplatesPage, world: World, stored: Stored, three: list[Template], bridge: Bridge, qtbot: QtBot
) -> None:
    write(qtbot, page.editor.head.title, "When we open")
    world.call(world.desk.templates.save(replace(three[0], body="We open at 10.")))
    qtbot.waitUntil(lambda: page.editor.saved.revision == 2 and bridge.is_idle)
    world.call(world.desk.templates.count_use(three[1].id))  # that is none
    page.editor.save()
    question = top(ConfirmDialog)
    assert stored()[0].body == "We open at 10."
    question.action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    assert [(one.title, one.body) for one in stored()][-1] == ("When we open", "We open at 9.")


def test_a_change_that_was_not_known_when_saving_over_it_is_told(
    page: TemplatesPage, world: World, three: list[Template], bridge: WindowBridge, qtbot: QtBot
) -> None:
    """Over a slow line two save at once, and one text was gone without a word."""
    write(qtbot, page.editor.head.title, "When we open")
    world.call(world.desk.templates.save(replace(three[0], body="We open at 10.")))
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    said = "“When we open” was changed elsewhere just before you saved; that is among the revisions."
    assert bridge.notices.bars.texts()[KEY] == said


def test_a_template_that_is_only_looked_at_is_not_changed(
    page: TemplatesPage, world: World, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    odd = Template(0, "Odd", "a\u00a0b\r\nc {{ ask.no }}", keywords=("a,b", "c"), prompts=(Prompt("no", " Number "),))
    saved = world.call(world.desk.templates.save(odd))
    qtbot.waitUntil(lambda: bridge.is_idle and "Odd" in titles(page))
    choose(page, "Odd")
    assert page.editor.record() == saved
    assert not page.unsaved
    write(qtbot, page.editor.head.title, "Odder")
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    kept = next(one for one in stored() if one.id == saved.id)
    assert (kept.title, kept.body, kept.keywords, kept.prompts) == ("Odder", odd.body, odd.keywords, odd.prompts)

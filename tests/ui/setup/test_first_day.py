"""Mistakes at the first set-up: refusals stand at their field, in a shop owner's words, and nothing moves."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import LONG, card, click, come_to_url_check, give_mini_program, paste, reach
from wxdesk.config.reading import load
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.facts import SETUP_STEPS
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.shell.main_window import SMALLEST
from wxdesk.ui.widgets.fields.labelled import LabelledField


def _place(widget: QWidget) -> int:
    return widget.mapTo(widget.window(), QPoint(0, 0)).y()


def _is_settled(card: QWidget) -> bool:
    layout = card.layout()
    return layout is not None and card.height() == layout.totalHeightForWidth(card.width())


def test_nothing_moves_under_the_mouse_when_words_come_below_a_field(qtbot: QtBot, guide: SetupPage) -> None:
    first = card(guide, MiniProgramCard)
    qtbot.waitUntil(lambda: _is_settled(first))
    before = _place(first.go_on)
    paste(qtbot, first.app_id.edit, " wx0123456789abcdef ")
    paste(qtbot, first.app_secret.edit, "“too short”")
    paste(qtbot, first.original_id.edit, "ｇh_0123456789ab")
    qtbot.waitUntil(first.app_secret.error.isVisible)
    assert first.app_id.note.isVisible()
    assert first.original_id.note.isVisible()
    qtbot.waitUntil(lambda: _place(first.go_on) == before)


def test_a_shop_is_called_by_its_name_in_any_script(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    """Templates greet customers with it: “this is shop” was what they read."""
    paste(qtbot, card(guide, MiniProgramCard).name.edit, "我的 小店")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    assert [(one.name, one.title) for one in person.desk.accounts.values()] == [("shop", "我的 小店")]
    assert guide.whose.full_text() == "我的 小店"


def test_the_second_account_without_a_name_gets_a_free_one(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    come_to_url_check(qtbot, guide, person)
    guide.open("", Check.API)
    paste(qtbot, card(guide, MiniProgramCard).app_id.edit, person.app_id)
    assert "“shop” has this AppID already" in card(guide, MiniProgramCard).app_id.note.full_text()
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    assert list(person.desk.accounts) == ["shop", "shop2"]


def test_an_account_that_lost_its_secret_asks_for_it_and_goes_on(
    qtbot: QtBot, person: Newcomer, guide: SetupPage
) -> None:
    """As after a restart without a keychain."""
    person.thread.call(person.desk.account_editing.add("shop", person.app_id, original_id=person.original_id))
    guide.open("shop")
    first = card(guide, MiniProgramCard)
    assert not first.app_secret.edit.placeholderText()
    qtbot.waitUntil(lambda: first.result.sentence.full_text() == "“shop” lacks its AppSecret.", timeout=LONG)
    assert first.result.remedy.isHidden(), "a command for a terminal"
    click(qtbot, first.go_on)
    assert first.app_secret.error.isVisible()
    assert guide.step is Check.API
    guide.show_step(Check.SECRETS)
    second = card(guide, MessagePushCard)
    qtbot.waitUntil(lambda: bool(second.view.push_token and second.view.encoding_aes_key), timeout=LONG)


@pytest.mark.parametrize(
    ("kind", "field"), [(TunnelKind.SSH, "host"), (TunnelKind.SSH, "user"), (TunnelKind.COMMAND, "line")]
)
def test_a_missing_value_of_a_tunnel_is_told_at_its_field(
    qtbot: QtBot, guide: SetupPage, kind: TunnelKind, field: str
) -> None:
    guide.show_step(Check.ADDRESS)
    form = card(guide, AddressCard).form
    paste(qtbot, form.url.edit, PUBLIC)
    click(qtbot, form.kinds.button(tuple(TunnelKind).index(kind)))
    assert form.ssh.isVisible() == (kind is TunnelKind.SSH)
    if field == "user":
        paste(qtbot, form.ssh.host.edit, "203.0.113.9")
    if kind is TunnelKind.COMMAND:
        form.command.preset.setCurrentIndex(form.command.preset.count() - 1)
    click(qtbot, form.save)
    at: LabelledField = form.command.line if field == "line" else form.ssh.by_key[field]
    assert at.error.isVisible()
    assert form.url.error.isHidden()
    click(qtbot, form.kinds.button(0))
    click(qtbot, form.kinds.button(tuple(TunnelKind).index(kind)))
    assert at.error.isHidden()


def test_a_value_that_a_tunnel_cannot_have_is_refused_at_its_field(qtbot: QtBot, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    form = card(guide, AddressCard).form
    paste(qtbot, form.url.edit, PUBLIC)
    click(qtbot, form.kinds.button(tuple(TunnelKind).index(TunnelKind.SSH)))
    paste(qtbot, form.ssh.host.edit, "root@203.0.113.9")
    paste(qtbot, form.ssh.user.edit, "root")
    click(qtbot, form.save)
    qtbot.waitUntil(form.ssh.host.error.isVisible, timeout=LONG)
    assert "config.toml" not in form.ssh.host.error.full_text()


def test_the_card_says_where_an_address_of_ones_own_has_to_lead(person: Newcomer, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    form = card(guide, AddressCard).form
    assert person.thread.url in form.meaning.full_text()


def test_the_example_of_a_command_is_of_the_chosen_program_and_leads_here(person: Newcomer, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    command = card(guide, AddressCard).form.command
    port, examples = person.thread.url.rpartition(":")[2], {}
    for name in ("cpolar", "natapp", "frpc"):
        command.preset.setCurrentText(name)
        examples[name] = command.line.edit.placeholderText()
    assert examples["cpolar"].startswith(f"cpolar http {port} ")
    assert (examples["natapp"].split()[0], examples["frpc"]) == ("natapp", "frpc -c frpc.toml")
    assert str(person.home / "frpc.toml") in command.line.note.full_text()


def test_frpc_tells_no_address_and_so_the_form_asks_for_it(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    form = card(guide, AddressCard).form
    click(qtbot, form.kinds.button(tuple(TunnelKind).index(TunnelKind.COMMAND)))
    assert "Empty" in form.url.edit.placeholderText()
    form.command.preset.setCurrentText("frpc")
    assert "Empty" not in form.url.edit.placeholderText()
    click(qtbot, form.save)
    qtbot.waitUntil(form.url.error.isVisible, timeout=LONG)
    assert load(person.home).tunnel == TunnelSettings()


def test_a_programs_file_with_a_blank_in_its_path_is_one_word(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    form = card(guide, AddressCard).form
    click(qtbot, form.kinds.button(tuple(TunnelKind).index(TunnelKind.COMMAND)))
    form.command.preset.setCurrentText("cpolar")
    file = r"C:\Program Files\cpolar\cpolar.exe"
    paste(qtbot, form.command.line.edit, f'"{file}" http 8765')
    for _ in range(2):  # and once more, as it is shown then
        click(qtbot, form.save)
        qtbot.waitUntil(lambda: load(person.home).tunnel.command == (file, "http", "8765"), timeout=LONG)
        form.command.show_settings(load(person.home).tunnel)


def test_a_tunnel_program_that_is_missing_can_be_fetched_by_a_copied_address(qtbot: QtBot, guide: SetupPage) -> None:
    guide.show_step(Check.ADDRESS)
    shown = card(guide, AddressCard).tunnel
    where = "https://www.cpolar.com/download"
    shown.show_finding(Finding(Check.TUNNEL, CheckVerdict.TUNNEL_MISSING, values={"program": "cpolar", "where": where}))
    click(qtbot, shown.copy_button)
    assert QGuiApplication.clipboard().text() == where
    assert "[tunnel]" not in shown.remedy.full_text()


def test_a_small_screen_that_is_scaled_shows_steps_and_fields_whole(guide: SetupPage, qtbot: QtBot) -> None:
    window = guide.window()
    window.setMinimumSize(0, 0)
    window.resize(640, 360)
    qtbot.waitUntil(lambda: window.height() == 360)
    items = list(guide.steps.items.values())
    assert all(above.geometry().bottom() < below.y() for above, below in pairwise(items))
    card = guide.cards[Check.API]
    viewport = guide._scrolls[Check.API].viewport()
    assert card.mapTo(viewport, card.rect().topRight()).x() <= viewport.width()


def test_no_card_is_wider_than_the_smallest_window(qtbot: QtBot, person: Newcomer, guide: SetupPage) -> None:
    """The last one lost “Open the inbox” at the right beside the step that is missing."""
    guide.window().resize(*SMALLEST)
    give_mini_program(qtbot, guide, person)
    qtbot.waitUntil(lambda: guide.step is Check.SECRETS)
    for step in SETUP_STEPS:
        guide.show_step(step)
        qtbot.waitUntil(lambda: guide._bridge.is_idle)
        viewport = guide._scrolls[step].viewport()
        assert guide.cards[step].minimumSizeHint().width() <= viewport.width() - 2 * 24, step

"""Signing in at the window of a team, what an owner does there, and losing it again."""

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QDeadlineTimer, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.postgresql import SHARED, Postgres
from tests.ui.held_answer import FirstAnswerHeld
from tests.ui.team.conftest import PASSWORD
from tests.ui.world import World
from wxdesk.core.model.conversation import Author, Contact
from wxdesk.core.model.operator import Operator, OperatorAction, Role
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.desk.operators import Operators, hashed
from wxdesk.desk.team.commands import COMMANDS
from wxdesk.i18n import name_accounts, tr
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.team.card import _ACTIONS, _PARTS, OperatorRow, TeamCard, action_text
from wxdesk.ui.team.dialogs import GivenPasswordDialog, NewOperatorDialog, OwnPasswordDialog, SignInDialog
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.menu_button import MenuButton
from wxdesk.ui.window import run_window

pytestmark = pytest.mark.postgres


def fill(dialog: SignInDialog, name: str, password: str) -> None:
    dialog.name.edit.setText(name)
    dialog.password.edit.setText(password)
    dialog.action.click()


def test_a_wrong_password_is_told_and_a_right_one_lets_in(
    qtbot: QtBot, bridge: Bridge, world: World, operators: Operators
) -> None:
    assert world.desk.needs_sign_in
    dialog = SignInDialog(bridge, operators)
    dialog.show()
    assert dialog.password.edit.echoMode() is QLineEdit.EchoMode.Password
    fill(dialog, "老板", "something else")
    qtbot.waitUntil(lambda: "The name or the password is wrong." in dialog.error.full_text())
    assert dialog.action.isEnabled()
    with qtbot.waitSignal(dialog.accepted):
        fill(dialog, " 老板 ", PASSWORD)
    assert not world.desk.needs_sign_in
    assert world.desk.operators is operators
    dialog.deleteLater()


def test_whom_an_owner_shuts_out_is_told_why_they_have_to_sign_in(
    qtbot: QtBot, bridge: Bridge, world: World, operators: Operators
) -> None:
    async def leave() -> None:
        await world.store.operators.add("小王", Role.OPERATOR, await hashed(PASSWORD), world.clock())
        await operators.sign_in("小王", PASSWORD)
        wang = operators.now
        assert wang is not None
        await world.store.operators.change(wang, None, world.clock())
        await operators.look()

    world.call(leave())
    dialog = SignInDialog(bridge, operators)
    dialog.show()
    assert dialog.error.full_text() == "“小王” was signed out here by an owner, or by a new password."
    with qtbot.waitSignal(dialog.accepted):
        fill(dialog, "老板", PASSWORD)
    assert operators.shut_out == ""
    dialog.deleteLater()


def test_cancelling_the_sign_in_signs_nobody_in(
    qtbot: QtBot, bridge: Bridge, world: World, operators: Operators
) -> None:
    dialog = SignInDialog(bridge, operators)
    dialog.show()
    with qtbot.waitSignal(dialog.finished):
        dialog.cancel.click()
    assert world.desk.needs_sign_in
    dialog.deleteLater()


@pytest.fixture
def card(qtbot: QtBot, bridge: Bridge, world: World, operators: Operators) -> TeamCard:
    world.call(operators.sign_in("老板", PASSWORD))
    bridge.connect_to_bus()
    made = TeamCard(bridge, operators, None)
    qtbot.addWidget(made)
    made.resize(560, 400)
    made.show()
    qtbot.waitUntil(lambda: "老板" in made.rows)
    return made


def opened[D: QWidget](card: TeamCard, kind: type[D]) -> D:
    return [one for one in card.window().findChildren(kind) if one.isVisible()][-1]


def test_an_owner_adds_changes_and_removes(qtbot: QtBot, card: TeamCard, world: World, postgres: Postgres) -> None:
    assert card.me.full_text() == "老板 · Owner"
    card.add.click()
    dialog = opened(card, NewOperatorDialog)
    dialog.name.edit.setText("小王")
    dialog.action.click()
    qtbot.waitUntil(lambda: "at least 8" in dialog.error.full_text())
    dialog.password.edit.setText("canary of wang")
    dialog.role.setCurrentIndex(1)
    dialog.action.click()
    qtbot.waitUntil(lambda: "小王" in card.rows)
    assert card.rows["小王"].role.value is Role.LEAD
    card.rows["小王"].role.chosen.emit(Role.OPERATOR)
    qtbot.waitUntil(lambda: card.rows["小王"].role.value is Role.OPERATOR)
    act(card, "active")
    qtbot.waitUntil(lambda: "cannot sign in" in card.rows["小王"].name.full_text())
    act(card, "password")
    given = opened(card, GivenPasswordDialog)
    given.password.edit.setText("another canary")
    with qtbot.waitSignal(given.accepted):
        given.action.click()
    qtbot.waitUntil(lambda: "老板 · set a password · 小王" in card.lately.full_text())
    act(card, "remove")
    opened(card, ConfirmDialog).action.click()
    qtbot.waitUntil(lambda: set(card.rows) == {"老板"})
    card.rows["老板"].role.chosen.emit(Role.LEAD)  # nobody else could make owners
    card.add.click()
    opened(card, NewOperatorDialog).close()
    told = "\n".join(postgres.tell("SELECT call, arguments, result FROM commands;", SHARED))
    kept = told + "".join(path.read_text("utf-8", "replace") for path in world.home.rglob("*.log"))
    assert "canary" not in kept
    assert "argon2" not in kept


def act(card: TeamCard, command: str) -> None:
    next(action for action in card.rows["小王"].menu.actions() if action.data() == command).trigger()


def test_a_mini_program_of_the_same_name_gives_no_operator_its_title(
    qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: name_accounts({"shop": ""}))
    name_accounts({"shop": "茶具店"})
    parent = QWidget()
    qtbot.addWidget(parent)
    row = OperatorRow(Operator(1, "shop", Role.LEAD), parent)
    assert [one.accessibleName() for one in row.findChildren(MenuButton)][-1] == "More for “shop”"


def test_an_operator_changes_the_own_password_and_signs_out(
    qtbot: QtBot, card: TeamCard, world: World, operators: Operators
) -> None:
    card.password.click()
    dialog = opened(card, OwnPasswordDialog)
    dialog.former.edit.setText("not it")
    dialog.password.edit.setText("quite another")
    dialog.action.click()
    qtbot.waitUntil(lambda: "wrong" in dialog.error.full_text())
    dialog.former.edit.setText(PASSWORD)
    with qtbot.waitSignal(dialog.accepted):
        dialog.action.click()
    card.sign_out.click()
    qtbot.waitUntil(lambda: world.desk.needs_sign_in)
    world.call(operators.sign_in("老板", "quite another"))


@pytest.mark.parametrize("question", ["all", "actions"])
def test_what_was_read_earlier_does_not_take_the_place_of_what_is_newer(
    qtbot: QtBot, card: TeamCard, world: World, operators: Operators, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    earlier = FirstAnswerHeld[object](getattr(operators, question), world.loop)
    monkeypatch.setattr(operators, question, earlier)
    card.show_team()
    earlier.wait_until_read()
    world.call(operators.add("小王", Role.LEAD, "of 小王 alone"))
    card.show_team()
    qtbot.waitUntil(lambda: "小王" in card.rows and "小王" in card.lately.full_text())
    earlier.give()
    qtbot.waitUntil(lambda: card._bridge.is_idle)
    assert "小王" in card.rows
    assert "小王" in card.lately.full_text()


def test_a_lead_sees_only_the_own_sign_in(qtbot: QtBot, bridge: Bridge, world: World, operators: Operators) -> None:
    async def lead() -> None:
        await world.store.operators.add("组长", Role.LEAD, await hashed("the lead's own"), world.clock())
        await operators.sign_in("组长", "the lead's own")

    world.call(lead())
    card = TeamCard(bridge, operators, None)
    qtbot.addWidget(card)
    card.show()
    assert card.sign_out.isVisible()
    assert not card.add.isVisible()


def test_every_word_about_an_action_is_translated(qapp: QApplication, world: World) -> None:
    from wxdesk import i18n

    i18n.use("zh_CN")
    missing = [words for words in (*_ACTIONS.values(), *_PARTS.values()) if tr(words) == words]
    i18n.use("en")
    assert missing == []
    now = world.clock()
    named = Contact(1, "shop", "oCustomer0000000000000001", now, alias="阿美")
    took_over = OperatorAction(now, "小王", "conversations.take_over", "12")
    assert action_text(replace(took_over, contacts=(named,))) == "小王 · took over · 阿美"
    assert action_text(replace(took_over, contacts=(replace(named, alias=""),))) == "小王 · took over · oCus…001"
    assert action_text(took_over) == "小王 · took over · a customer deleted since"
    several = OperatorAction(now, "小王", "conversations.change", "12 13 14", (named,))
    assert action_text(several) == "小王 · changed in the inbox · 阿美 and 2 more customers"
    assert action_text(OperatorAction(now, "", "new.thing", "")) == "Command line · changed something else"
    # What former versions kept of these: the number of a rule, and the file with all rules.
    assert action_text(OperatorAction(now, "小王", "rules.rulebook.delete", "5")) == "小王 · changed the rules"
    file = '[[rules]]\nname = "Hours"'
    assert action_text(OperatorAction(now, "小王", "rules.exchange.take_in", file)) == "小王 · imported rules"


def test_every_kept_command_has_words() -> None:
    kept = [call for call, command in COMMANDS.items() if command.recorded]
    assert [one for one in kept if one not in _ACTIONS and one.rpartition(".")[0] not in _PARTS] == []


async def sign_in_as_wang(world: World, operators: Operators) -> Operator:
    await world.store.operators.add("小王", Role.OPERATOR, await hashed("wang's own 1"), world.clock())
    await operators.sign_in("小王", "wang's own 1")
    assert operators.now is not None
    return operators.now


def test_controls_beyond_a_role_are_disabled_with_the_reason(
    qtbot: QtBot,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    world: World,
    operators: Operators,
) -> None:
    wang = world.call(sign_in_as_wang(world, operators))
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda one: one.finish())
    window.show()
    qtbot.waitUntil(lambda: bridge.is_idle)
    rules = window.pages.rules.widget
    settings = window.pages.settings.widget
    late, undo = (settings.preferences.lines[field] for field in ("stale_minutes", "undo_seconds"))
    assert not rules.editor.head.title.isEnabled()
    for widget in (rules.list.new, rules.editor.when_card, late):
        assert not widget.isEnabled()
        assert "Only a lead or an owner can do this." in widget.toolTip()
    assert undo.isEnabled()  # one's own
    assert not window.inbox.detail.contact.erase.isEnabled()
    assert rules.editor.head.isEnabled()  # history and trials are everybody's
    rules.editor.check_now()
    assert rules.editor.head.state.full_text() == "Only a lead or an owner can do this."

    async def promote(role: Role) -> None:
        await world.store.operators.change(wang, replace(wang, role=role), world.clock())
        await operators.look()

    world.call(promote(Role.LEAD))
    qtbot.waitUntil(rules.list.new.isEnabled)
    assert late.isEnabled()
    assert "Only" not in rules.list.new.toolTip()
    with qtbot.waitSignal(window.closing):  # shut out: nothing of a customer stays on the screen
        world.call(world.store.operators.change(replace(wang, role=Role.LEAD), None, world.clock()))
        world.call(operators.look())


def test_signing_out_puts_back_an_unchanged_edit(
    qtbot: QtBot,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    world: World,
    operators: Operators,
) -> None:
    world.call(operators.sign_in("老板", PASSWORD))
    thread = world.say("oLI00000000000000000001", "hello")
    new = NewReply(thread, Author.RULE, Content(text="We open at 9."), ReplyState.DRAFT)
    reply = world.reply(new)
    window = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(window, before_close_func=lambda one: one.finish())
    window.show()
    window.open_conversation(thread)
    qtbot.waitUntil(lambda: window.inbox.session.known.reply(f"r{reply.id}") is not None)
    window.inbox.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    qtbot.waitUntil(lambda: window.inbox.chat.composer.editing is not None and bridge.is_idle)
    assert world.call(world.store.replies.get(reply.id)).by
    settings = window.pages.settings.widget
    with qtbot.waitSignal(window.closing):
        settings.team[0].sign_out.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not world.call(world.store.replies.get(reply.id)).by


type SignIn = Callable[[str, str], MainWindow]


@pytest.fixture
def sign_in(
    qtbot: QtBot,
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    world: World,
    operators: Operators,
) -> SignIn:
    """Show the window to who signs in."""

    def show(name: str, password: str) -> MainWindow:
        world.call(operators.sign_in(name, password))
        window = MainWindow(bridge, facts, appearance)
        qtbot.addWidget(window, before_close_func=lambda one: one.finish())
        window.show()
        qtbot.waitUntil(lambda: bridge.is_idle)
        return window

    return show


def sign_out(qtbot: QtBot, window: MainWindow, bridge: WindowBridge) -> None:
    with qtbot.waitSignal(window.closing):
        window.pages.settings.widget.team[0].sign_out.click()
    window.save_unfinished()
    qtbot.waitUntil(lambda: bridge.is_idle)
    window.finish()


def test_each_operator_begins_where_they_were_themselves(
    qtbot: QtBot, bridge: WindowBridge, world: World, operators: Operators, sign_in: SignIn
) -> None:
    thread = world.say("oLI00000000000000000001", "hello")
    hash_of_wang = world.call(hashed("wang's own 1"))
    world.call(world.store.operators.add("小王", Role.OPERATOR, hash_of_wang, world.clock()))
    first = sign_in("老板", PASSWORD)
    first.open_conversation(thread)
    qtbot.waitUntil(lambda: not first.inbox.session.visit.fresh and bridge.is_idle)
    qtbot.keyClicks(first.inbox.chat.composer.edit, "what nobody else sees")
    first.show_page(first.page_names.index("rules"))
    sign_out(qtbot, first, bridge)
    other = sign_in("小王", "wang's own 1")
    assert other.page_names[other.stack.currentIndex()] == "inbox"
    assert other.inbox.session.conversation_id is None
    other.open_conversation(thread)
    qtbot.waitUntil(lambda: not other.inbox.session.visit.fresh and bridge.is_idle)
    assert other.inbox.chat.composer.text() == ""
    sign_out(qtbot, other, bridge)
    again = sign_in("老板", PASSWORD)
    qtbot.waitUntil(lambda: again.inbox.session.conversation_id == thread)
    assert again.page_names[again.stack.currentIndex()] == "rules"
    assert again.inbox.chat.composer.text() == "what nobody else sees"


def test_the_program_asks_shows_its_window_and_asks_again(
    qapp: QApplication, world: World, operators: Operators, facts: InstallationFacts
) -> None:
    """Of a customer nothing is on the screen before and after."""
    steps: list[str] = []
    patience = QDeadlineTimer(3 * PATIENCE_MS)

    def look() -> None:
        shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
        dialogs = [one for one in shown if isinstance(one, SignInDialog) and one.action.isEnabled()]
        windows = [one for one in shown if isinstance(one, MainWindow)]
        if patience.hasExpired():  # what is raised in a slot ends no loop
            for dialog in dialogs:
                dialog.reject()
            for window in windows:
                window.closing.emit()
        elif dialogs and not steps:
            steps.append("asked over a window" if windows else "asked")
            fill(dialogs[0], "老板", PASSWORD)
        elif windows and len(steps) == 1:
            steps.append("shown")
            asyncio.run_coroutine_threadsafe(operators.sign_out(), world.loop)
        elif dialogs and not windows and len(steps) == 2:
            steps.append("asked again")
            dialogs[0].cancel.click()

    timer = QTimer(interval=10)
    timer.timeout.connect(look)
    timer.start()
    code = run_window(world.desk, world.loop, facts)
    timer.stop()
    assert (code, steps) == (0, ["asked", "shown", "asked again"])

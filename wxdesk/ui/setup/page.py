"""The guided set-up: steps at the left, the card of the present one at the right."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from wxdesk.core.events import (
    ConfigurationChanged,
    ListenerChanged,
    ReachabilityChanged,
    RulesChanged,
    SetupChanged,
    TunnelChanged,
)
from wxdesk.core.setup.facts import SETUP_STEPS
from wxdesk.core.setup.findings import Check
from wxdesk.core.setup.public_url import push_path
from wxdesk.i18n import account_title, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.card import WIDTH, SetupCard, SetupView
from wxdesk.ui.setup.console import ElsewhereCard
from wxdesk.ui.setup.findings import Mender
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.mini_program import MiniProgramCard
from wxdesk.ui.setup.real_message import RealMessageCard
from wxdesk.ui.setup.steps import StepColumn
from wxdesk.ui.setup.url_check import UrlCheckCard
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, ColumnScroll, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel, small_label

COLUMN, NARROW_COLUMN = 272, 220
NARROW = 960
"""Width of the page below which the column of steps is narrow."""

_WITHOUT_ACCOUNT = (Check.API, Check.ADDRESS)
_SHOWN = (ConfigurationChanged, SetupChanged, ReachabilityChanged, TunnelChanged, ListenerChanged, RulesChanged)


class SetupPage(QWidget):
    """Leads from nothing to the first answered message, and back to any step later.

    Signals:
        front_wanted: show this page, which is given.
    """

    front_wanted = Signal(object)

    def __init__(self, bridge: WindowBridge, memory: WindowMemory, *, can_restore: bool = False) -> None:
        super().__init__()
        self._bridge = bridge
        self._can_restore = can_restore
        self._memory = memory
        self.account, step = memory.word("setup/account"), memory.word("setup/step")
        self.step = Check(step) if step in SETUP_STEPS else Check.API
        self.mender = Mender(bridge, self, self.show_step, self._show)
        self.real_message = RealMessageCard(self.mender, self)
        self.cards: dict[Check, SetupCard] = {
            card.fact: card
            for card in (
                MiniProgramCard(self.mender, self),
                MessagePushCard(self.mender, self),
                AddressCard(self.mender, self),
                UrlCheckCard(self.mender, self),
                self.real_message,
            )
        }
        self.steps = StepColumn(self)
        self._lay_out()
        self._connect()

    def activate(self) -> None:
        """Show the present state, at the step that was left."""
        self.show_step(self.step)

    def open(self, account: str, step: Check | None = None) -> None:
        """Show the set-up of `account`, at a step or at the first that is missing.

        Empty for a new account.
        """
        self.account = account
        self.step = step or self._view().setup.missing or Check.MESSAGE
        self.front_wanted.emit(self)

    def resume(self) -> None:
        """Show the first account that is not done, at the step that it lacks."""
        unfinished = (one.account for one in self._bridge.desk.setup.state.accounts if one.missing is not None)
        self.open(next(unfinished, next(iter(self._bridge.desk.accounts), "")))

    def show_step(self, step: Check) -> None:
        """Show a step, and remember it; without an account only those that need none."""
        if self._bridge.desk.is_remote:
            self.stack.setCurrentWidget(self._elsewhere)
            return
        if self.account not in self._bridge.desk.accounts:
            self.account, step = "", step if step in _WITHOUT_ACCOUNT else Check.API
        self.step = step
        self._memory.keep({"setup/account": self.account, "setup/step": step.value})
        self.steps.show_step(step)
        self.shown.setFocus()  # else Qt gives it to the next button, with a ring that means nothing
        self.stack.setCurrentWidget(self._scrolls[step])
        self._show()
        self.cards[step].begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= NARROW
        self._side.setFixedWidth(COLUMN if wide else NARROW_COLUMN)
        self.tryout.setText(tr("Try it without an account") if wide else tr("Try it out first"))

    def _lay_out(self) -> None:
        side = Frame("list-side")
        self._side = ColumnScroll(self, side)
        self._side.setFixedWidth(COLUMN)
        self.title = PlainLabel(size=Size.PAGE, strong=True, wrap=True, parent=side)
        self.whose = small_label(wrap=True, parent=side)
        self.tryout = Button(tr("Try it without an account"), icon="simulator", parent=side)
        self.tryout.setAccessibleName(tr("Try it without an account"))
        self.tryout.setToolTip(tr("WeChat and its customers are simulated; nothing of it is kept"))
        self.restore = Button(tr("Restore a backup…"), kind=ButtonKind.LINK, parent=side)
        self.leave = Button(tr("To the settings"), kind=ButtonKind.LINK, parent=side)
        head = vbox(self.title, self.whose, spacing=2, margins=(20, 16, 12, 14))
        links = ((one, AT_LEFT) for one in (self.restore, self.leave))
        foot = vbox(self.tryout, *links, spacing=10, margins=(20, 12, 20, 20))
        vbox(head, self.steps, STRETCH, foot, within=side, spacing=0)
        self.shown = QWidget(self)
        self.stack = QStackedLayout(self.shown)
        self._scrolls = {fact: self._scroll(card) for fact, card in self.cards.items()}
        elsewhere = ElsewhereCard(self)
        elsewhere.setMaximumWidth(WIDTH)
        self._elsewhere = self._scroll(elsewhere)
        self._side.setHidden(self._bridge.desk.is_remote)
        hbox(self._side, (self.shown, 1), within=self, spacing=0)

    def _scroll(self, card: QWidget) -> ColumnScroll:
        content = Frame("window")
        hbox(STRETCH, (vbox(card, STRETCH), WIDTH), STRETCH, within=content, margins=(24, 12, 24, 4))
        scroll = ColumnScroll(self, content)
        self.stack.addWidget(scroll)
        return scroll

    def _connect(self) -> None:
        self._bridge.follow_shown(self, self._show, *_SHOWN)
        self.steps.chosen.connect(self.show_step)
        for card in self.cards.values():
            card.done.connect(self._next)
            card.added.connect(self._added)
            card.tried.connect(self.steps.items[card.fact].show_finding)

    def _next(self) -> None:
        following = SETUP_STEPS.index(self.step) + 1
        self.show_step(SETUP_STEPS[min(following, len(SETUP_STEPS) - 1)])

    def _added(self, name: str) -> None:
        self.account = name
        self.show_step(self.step)

    def _show(self) -> None:
        view = self._view()
        name = view.account.name if view.account is not None else ""
        self.title.setText(tr("Connect a mini program") if view.setup.missing else tr("Connected"))
        self.whose.setText(account_title(name) if name else tr("Five steps, about ten minutes"))
        self.steps.show_setup(view.setup)
        for fact, item in self.steps.items.items():
            item.setEnabled(view.account is not None or fact in _WITHOUT_ACCOUNT)
        self.tryout.setVisible(not self._bridge.desk.accounts)
        self.restore.setVisible(self._can_restore and not self._bridge.desk.accounts)
        self.cards[self.step].show_view(view)

    def _view(self) -> SetupView:
        desk = self._bridge.desk
        account = desk.accounts.get(self.account)
        state, setup = desk.setup.state, desk.configuration.now
        secrets = setup.found_for(self.account).credentials  # also of an account that lacks some
        url = desk.setup.public_url
        return SetupView(
            account=account,
            setup=state.account(self.account),
            reach=state.reach,
            tunnel=state.tunnel.finding,
            hints=desk.setup.hints(self.account),
            push_url=url + push_path(self.account) if url and account is not None else "",
            has_app_secret=bool(secrets.app_secret),
            push_token=secrets.push_token,
            encoding_aes_key=secrets.encoding_aes_key,
        )

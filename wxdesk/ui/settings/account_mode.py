"""Reply mode and hold time of an account, with a way back to config.toml."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from wxdesk.core.events import AccountChanged, ConfigurationChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.operator import Role
from wxdesk.desk.settings.accounts import LONGEST_HOLD
from wxdesk.i18n import tr, unit
from wxdesk.ui.widgets.boxes import AT_LEFT, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.rights import Rights
from wxdesk.ui.wording.messages import mode_text


class AccountMode(QWidget):
    """Saves an account's reply mode; conversations and rules may override it."""

    def __init__(self, bridge: WindowBridge, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._name = name
        self._wanted: tuple[ReplyMode, int] | None = None  # what is set, or is being stored
        self._under_way = 0
        modes = [(mode, mode_text(mode)) for mode in ReplyMode]
        self.mode = ChoiceField(self, tr("How this account answers"), modes)
        self.seconds = NumberField(0, LONGEST_HOLD, tr("Seconds in which you can stop or change a reply"), self)
        self._unit = PlainLabel(parent=self)
        self.seconds.count(self._unit, unit("second to stop or change them", "seconds to stop or change them"))
        self._unit.setMinimumHeight(30)
        self.source = small_label(wrap=True, parent=self)
        self.back = Button(tr("Back to config.toml"), kind=ButtonKind.LINK, parent=self, then=self._follow_config)
        line = FlowLayout(None, self.mode, self.seconds, self._unit)
        vbox(line, self.source, (self.back, AT_LEFT), within=self, spacing=4)
        self.mode.activated.connect(self._set)
        self.seconds.decided.connect(self._set)
        bridge.follow(self, self.show_account, AccountChanged, ConfigurationChanged)
        Rights(bridge, Role.LEAD, self)
        self.show_account()

    def show_account(self) -> None:
        """Show the current settings, unless a change is being stored."""
        accounts = self._bridge.desk.accounts
        if self._under_way or self._name not in accounts:  # it has just been removed, and this card with it
            return
        now, configured = accounts[self._name], accounts.configured[self._name]
        self._wanted = now.reply_mode, now.hold_seconds
        self.mode.show_value(now.reply_mode)
        if self.seconds.last != now.hold_seconds:
            self.seconds.show_number(now.hold_seconds)
        held = now.reply_mode is ReplyMode.HOLD
        self.seconds.setVisible(held)
        self._unit.setVisible(held)
        here = accounts.is_overridden(self._name)
        said = tr("Set here; config.toml says: {mode}", mode=mode_text(configured.reply_mode))
        words = said if here else tr("As config.toml says")
        if now.paused:
            words = tr("Account paused")
        self.source.setText(tr("{said} · rules leave {n} of 5 to you", said=words, n=now.reserve))
        self.back.setVisible(here)

    def _set(self, _: int) -> None:
        wanted = self.mode.value, self.seconds.last
        if wanted != self._wanted:
            self._save(*wanted)

    def _save(self, mode: ReplyMode, seconds: int) -> None:
        self._wanted = mode, seconds
        self._ask(self._bridge.desk.accounts.set_mode(self._name, mode, seconds))

    def _follow_config(self) -> None:
        account, self._wanted = self._bridge.desk.accounts[self._name], None
        undo = partial(self._save, account.reply_mode, account.hold_seconds)
        self._ask(
            self._bridge.desk.accounts.follow_config(self._name),
            lambda _: self._bridge.notices.offer(tr("Saved"), tr("Undo"), undo),
        )

    def _ask(self, work: Coroutine[Any, Any, None], done: Callable[[None], None] | None = None) -> None:
        self._under_way += 1
        self._bridge.ask(work, done, ended=self._ended)

    def _ended(self) -> None:
        self._under_way -= 1
        self.show_account()

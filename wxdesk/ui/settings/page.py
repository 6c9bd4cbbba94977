"""The settings page: present and missing configuration, and how to complete it.

The configuration is a file that this page never writes; it shows its place and the lines to add.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QWidget

from wxdesk.core.events import Event, ListenerChanged, TokenChanged
from wxdesk.i18n import LANGUAGES, tr
from wxdesk.i18n import language as language_in_use
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.account_mode import AccountMode
from wxdesk.ui.settings.facts import InstallationFacts
from wxdesk.ui.settings.preferences_card import PreferencesCard
from wxdesk.ui.settings.rows import SettingsCard, Stack, StateLine
from wxdesk.ui.settings.secret_places import SecretPlaces
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, Chip
from wxdesk.ui.widgets.copying import CodeBlock, CopyButton
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel

TWO_COLUMNS = 960

FIRST_ACCOUNT = """\
[[accounts]]
name = "shop"
app_id = "wx0123456789abcdef"
original_id = "gh_0123456789ab"
push_mode = "secure"
reply_mode = "auto"
"""


class SettingsPage(QWidget):
    """Accounts, preferences, listener, places and appearance.

    Signals:
        tryout_wanted: show a desk on a simulated WeChat instead.
    """

    tryout_wanted = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, facts: InstallationFacts, appearance: Appearance) -> None:
        super().__init__()
        self._bridge = bridge
        self._notices = notices
        self._facts = facts
        self._appearance = appearance
        self.listener = StateLine(self)
        self.cards = [AccountCard(account, facts, self) for account in bridge.desk.accounts.values()]
        for card, name in zip(self.cards, bridge.desk.accounts, strict=True):
            card.copied.connect(self._say_copied)
            card.add_row(tr("Replies"), AccountMode(bridge, notices, name, card))
        self._lay_out()
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_health)
        bridge.events.connect(self._hear)
        self._show_health()

    def activate(self) -> None:
        """Show the current state."""
        self.preferences.show_all()
        self._show_health()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= TWO_COLUMNS
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        for index, stretch in enumerate((3, 2) if wide else (0, 1)):
            self._columns.setStretch(index, stretch)

    def _hear(self, events: Sequence[Event]) -> None:
        if any(isinstance(event, ListenerChanged | TokenChanged) for event in events):
            self._show_health()

    def _show_health(self) -> None:
        state, now = self._bridge.desk.health.state, self._bridge.desk.clock()
        for card in self.cards:
            card.show_health(state, now)
        if state.listener_url:
            self.listener.show_state("accent", tr("Listening on {place}", place=state.listener_url))
        else:
            self.listener.show_state("failed", tr("Not listening"))

    def _lay_out(self) -> None:
        header = QFrame(self)
        header.setProperty("class", "header")
        header.setFixedHeight(Measure.HEADER)
        title = PlainLabel(tr("Settings"), size=Size.PAGE, strong=True, parent=header)
        hbox(title, within=header, margins=(24, 0, 24, 0))
        content = QWidget()
        content.setProperty("class", "window")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._columns.setContentsMargins(24, 20, 24, 24)
        self._columns.setSpacing(16)
        accounts: list[SettingsCard] = [*self.cards] or [self._empty()]
        self.preferences = PreferencesCard(self._bridge, self._notices, self)
        for cards, stretch in (([*accounts, self.preferences], 3), ([self._places(), self._looks()], 2)):
            self._columns.addLayout(vbox(*cards, STRETCH, spacing=16), stretch)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        vbox(header, (scroll, 1), within=self, spacing=0)

    def _empty(self) -> SettingsCard:
        card = SettingsCard(tr("No mini program yet"), self)
        card.add_below(
            PlainLabel(
                tr(
                    "Your mini programs will stand here, each with the address for WeChat and what it still lacks. "
                    "Put these lines with your own values into {file} and start wxdesk again:",
                    file=self._facts.home / "config.toml",
                ),
                role="secondary",
                wrap=True,
                parent=card,
            )
        )
        block = CodeBlock(FIRST_ACCOUNT.rstrip(), tr("the lines"), card)
        block.copy_button.copied.connect(self._say_copied)
        card.add_below(block)
        self.tryout = Button(tr("Try it without an account"), icon="simulator", parent=card)
        self.tryout.clicked.connect(self.tryout_wanted)
        card.add_below(self.tryout)
        return card

    def _places(self) -> SettingsCard:
        card = SettingsCard(tr("This desk"), self)
        card.add_row(tr("Listener"), self.listener)
        card.add_row(tr("Settings file"), self._path_row(str(self._facts.home / "config.toml"), card))
        sources = self._bridge.desk.configuration.now.sources
        if sources is not None:
            card.add_row(tr("Secrets"), SecretPlaces(self._bridge, sources, card))
        card.add_row(tr("Database"), PlainLabel(self._facts.database, elide=True, parent=card))
        card.add_row(tr("Log"), self._path_row(str(self._facts.home / "logs"), card))
        return card

    def _path_row(self, path: str, parent: QWidget) -> QHBoxLayout:
        copy = CopyButton(path, tr("the path"), parent)
        copy.copied.connect(self._say_copied)
        return hbox(PlainLabel(path, elide=True, parent=parent), copy, STRETCH, spacing=10)

    def _looks(self) -> SettingsCard:
        card = SettingsCard(tr("Appearance"), self)
        self.looks = QButtonGroup(card)
        row = hbox(spacing=8)
        for index, (look, word) in enumerate(
            ((Look.SYSTEM, tr("As the system")), (Look.LIGHT, tr("Light")), (Look.DARK, tr("Dark")))
        ):
            chip = Chip(word, parent=card)
            chip.setChecked(look is self._appearance.look)
            self.looks.addButton(chip, index)
            row.addWidget(chip)
        row.addStretch(1)
        self.looks.idClicked.connect(self._choose_look)
        self._appearance.changed.connect(self._mark_look)
        card.add_row(tr("Colours"), row)
        other = next(language for language in LANGUAGES if language != language_in_use())
        start = CodeBlock(f"wxdesk --lang {other}", tr("the command"), card)
        start.copy_button.copied.connect(self._say_copied)
        words = PlainLabel(tr("English, chosen at start. To start in Chinese:"), wrap=True, parent=card)
        card.add_row(tr("Language"), Stack(words, start))
        return card

    def _choose_look(self, index: int) -> None:
        self._appearance.choose(tuple(Look)[index])

    def _mark_look(self) -> None:
        self.looks.button(tuple(Look).index(self._appearance.look)).setChecked(True)

    def _say_copied(self) -> None:
        self._notices.toast(tr("Copied"))

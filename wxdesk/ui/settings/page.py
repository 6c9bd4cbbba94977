"""The settings page: accounts, the way here, preferences, places and appearance."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from wxdesk.core.events import AccountChanged, ConfigurationChanged, ListenerChanged, SetupChanged, TokenChanged
from wxdesk.i18n import tr
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.look.theme import Measure, Size
from wxdesk.ui.runtime.debounce import VisibleTick
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.settings.account_card import AccountCard, NoAccountCard
from wxdesk.ui.settings.account_commands import AccountCommands
from wxdesk.ui.settings.appearance_card import AppearanceCard
from wxdesk.ui.settings.checks_card import AddressSummary, ChecksCard
from wxdesk.ui.settings.outside_card import OutsideCard
from wxdesk.ui.settings.places_card import DataCard, PlacesCard
from wxdesk.ui.settings.preferences_card import PreferencesCard
from wxdesk.ui.setup.console import ElsewhereCard
from wxdesk.ui.team.card import TeamCard
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, Frame, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel

TWO_COLUMNS, WIDEST = 1200, 1600
"""Smallest width of two columns that break no sentence, and the largest."""


class SettingsPage(QWidget):
    """Accounts are added, changed and removed here while the desk runs."""

    def __init__(self, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance) -> None:
        super().__init__()
        self._bridge = bridge
        self._facts = facts
        self._appearance = appearance
        self.places = PlacesCard(bridge, facts, self)
        self.cards: list[AccountCard] = []
        self.commands = AccountCommands(bridge, self)
        self.address = AddressSummary(bridge, self)
        self.address.change.clicked.connect(self.commands.change_address)
        self.add = Button(tr("Add a mini program"), icon="plus", kind=ButtonKind.PRIMARY, parent=self)
        self.add.clicked.connect(self.commands.add)
        self._lay_out(appearance)
        self.commands.keep_for_owners(self.add, self.address.change, self.empty.connect_first)
        VisibleTick(self, self._show_state)
        bridge.follow(self, self._build_cards, ConfigurationChanged)
        bridge.follow(self, self._show_state, ListenerChanged, TokenChanged, SetupChanged, AccountChanged)
        self._build_cards()

    def activate(self) -> None:
        """Show the current state."""
        self.preferences.show_all()
        for card in self.team:
            card.show_team()
        self._show_state()

    def headings(self) -> Iterator[tuple[SettingsCard, PlainLabel]]:
        """Return the titles and row names of the cards, but not of the accounts'."""
        for card in self.findChildren(SettingsCard):
            if card.isVisibleTo(self) and not isinstance(card, AccountCard):
                yield from ((card, label) for label in (card.title, *card.names) if label.full_text())

    def go_to(self, card: SettingsCard, heading: PlainLabel) -> None:
        """Scroll to one of the headings, ready to change what is below it."""
        self.area.ensureWidgetVisible(heading, 0, Measure.HEADER)
        card.focus_below(heading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= TWO_COLUMNS
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        for index, stretch in enumerate((3, 2) if wide else (0, 1)):
            self._columns.setStretch(index, stretch)

    def _build_cards(self) -> None:
        """Make a card for each account; those that stay keep theirs."""
        known = {card.name: card for card in self.cards}
        accounts = self._bridge.desk.accounts
        self.cards = [known.pop(name) if name in known else self._card(name) for name in accounts]
        discard(*known.values())
        for index, card in enumerate(self.cards):
            self._accounts.insertWidget(index, card)
        here = not self._bridge.desk.is_remote
        self.empty.setVisible(here and not self.cards)
        self.add.setVisible(here and bool(self.cards))
        for one in (self.address, self.places, self.outside):
            one.setVisible(here)
        self._show_state()

    def _card(self, name: str) -> AccountCard:
        card = AccountCard(name, self._bridge.desk, self)
        card.add_row(tr("Replies"), self.commands.mode_of(name, card))
        card.open_setup.clicked.connect(partial(self.commands.setup_wanted.emit, name, None))
        for command, action in card.commands.items():
            action.triggered.connect(partial(self.commands.run, name, command))
        return card

    def _show_state(self) -> None:
        state, now = self._bridge.desk.health.state, self._bridge.desk.clock()
        for card in self.cards:
            card.show_state(now)
        self.address.show_state()
        self.places.show_listener(state.listener_url)

    def _lay_out(self, appearance: Appearance) -> None:
        header = Frame("header", self)
        header.setFixedHeight(Measure.HEADER)
        title = PlainLabel(tr("Settings"), size=Size.PAGE, strong=True, parent=header)
        hbox(title, STRETCH, self.add, within=header, margins=(24, 0, 24, 0))
        content = Frame("window")
        content.setMaximumWidth(WIDEST)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        self._columns.setContentsMargins(24, 20, 24, 24)
        self._columns.setSpacing(16)
        self.empty = NoAccountCard(self)
        self.empty.connect_first.clicked.connect(self.commands.add)
        self._accounts: QVBoxLayout = vbox(self.empty, spacing=16)
        if self._bridge.desk.is_remote:
            self._accounts.addWidget(ElsewhereCard(self))
        self.outside = OutsideCard(self._bridge, self)
        operators = self._bridge.desk.operators
        self.team = [] if operators is None else [TeamCard(self._bridge, operators, self)]
        self.preferences = PreferencesCard(self._bridge, self)
        if self._facts.examine is not None:  # a desk of the demonstration is gone before the next start
            self.preferences.offer_autostart(self._facts.home)
        self.data = DataCard(self._bridge, self, can_restore=self._facts.can_restore)
        self.looks = AppearanceCard(appearance, self)
        own = vbox(self._accounts, *self.team, self.preferences, self.outside, STRETCH, spacing=16)
        self._columns.addLayout(own, 3)
        examine = None if self._bridge.desk.is_remote else self._facts.examine
        checks = () if examine is None else (ChecksCard(self._bridge, examine, self),)
        self._columns.addLayout(vbox(self.address, *checks, self.places, self.data, self.looks, STRETCH, spacing=16), 2)
        self.area = ColumnScroll(self, content)
        vbox(header, (self.area, 1), within=self, spacing=0)
        self._place, appearance.place = appearance.place, None
        self.area.verticalScrollBar().rangeChanged.connect(self._stay)
        self.area.verticalScrollBar().actionTriggered.connect(self._go)
        appearance.reopening.connect(self._note_place)

    def _note_place(self) -> None:
        top = self.looks.y() - self.area.verticalScrollBar().value()
        by_language = self.focusWidget() in self.looks.languages.buttons()
        self._appearance.place = (top, by_language) if self.isVisible() else None

    def _stay(self) -> None:
        """Be where the page was before the window opened again, until somebody scrolls."""
        if self._place is not None:
            self.area.verticalScrollBar().setValue(self.looks.y() - self._place[0])

    def _go(self) -> None:
        self._place = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        language = self.looks.languages.checkedButton()
        if self._place is not None and self._place[1] and language is not None:
            language.setFocus()

"""The pages of the window in the order of the rail, each built on first use."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.setup.findings import Check
from wxdesk.i18n import tr
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.rail import PageEntry
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

if TYPE_CHECKING:  # what only pages need is imported with them
    from wxdesk.sandbox.port import Simulator
    from wxdesk.ui.insights.page import InsightsPage
    from wxdesk.ui.rules.page import RulesPage
    from wxdesk.ui.runtime.installation import InstallationFacts
    from wxdesk.ui.settings.page import SettingsPage
    from wxdesk.ui.setup.page import SetupPage
    from wxdesk.ui.simulator.page import SimulatorPage
    from wxdesk.ui.templates.page import TemplatesPage
    from wxdesk.ui.traffic.page import TrafficPage


class Page[W: QWidget](QObject):
    """A page's name in files, rail entry (if any), and widget.

    Signals:
        made: the widget, once it is built.
    """

    made = Signal(object)

    def __init__(self, name: str, place: PageEntry | None, build: Callable[[], W]) -> None:
        super().__init__()
        self.name, self.place, self._build = name, place, build
        self._built: W | None = None

    @property
    def built(self) -> W | None:
        """The page itself if it is built, else None."""
        return self._built

    @property
    def widget(self) -> W:
        """The page itself, built when it is first asked for."""
        if self._built is None:
            self._built = self._build()
            self.made.emit(self._built)
        return self._built

    def activate(self) -> None:
        """Let the page read what it shows; called when it comes to the front."""
        if isinstance(self.widget, ReadsWhenShown):
            self.widget.activate()


@runtime_checkable
class ReadsWhenShown(Protocol):
    """A page that reads what it shows when it comes to the front."""

    def activate(self) -> None:
        """Read what is shown."""


class PageLinks(Struct, frozen=True):
    """Places of the window to which pages lead.

    `settings`, the simulated WeChat, a page that comes to the front, a conversation by its id, and the vault. `quit`
    calls something once nothing is unsaved any more, and closes the window.
    """

    settings: Callable[[], None]
    tryout: Callable[[], None]
    page: Callable[[QWidget], None]
    conversation: Callable[[int], None]
    vault: Callable[[], None]
    quit: Callable[[Callable[[], None]], None]


@runtime_checkable
class HasUnsavedChanges(Protocol):
    """A page with text that is not stored at once."""

    @property
    def unsaved(self) -> bool:
        """True if closing now would lose something."""

    def leave(self, then: Callable[[], None]) -> None:
        """Let the operator decide about it; `then` is called unless the operator stays."""


class Pages:
    """The pages of the window, each of which leads to others, built on the way.

    `all` are in the order of the rail: with a simulated WeChat its page, the settings last, and behind them the
    guided set-up.
    """

    def __init__(
        self, bridge: WindowBridge, facts: "InstallationFacts", appearance: Appearance, links: PageLinks
    ) -> None:
        self._bridge, self._facts, self._appearance, self._links = bridge, facts, appearance, links
        self.inbox = Page("inbox", PageEntry(tr("Inbox"), "inbox"), self._build_inbox)
        self.rules = Page("rules", PageEntry(tr("Rules"), "rules"), self._build_rules)
        self.templates = Page("templates", PageEntry(tr("Templates"), "template"), self._build_templates)
        self.traffic = Page("traffic", PageEntry(tr("Traffic"), "traffic"), self._build_traffic)
        self.insights = Page("insights", PageEntry(tr("Insights"), "insights"), self._build_insights)
        self.settings = Page("settings", PageEntry(tr("Settings"), "settings"), self._build_settings)
        self.guide = Page("setup", None, self._build_guide)
        simulated: tuple[Page[QWidget], ...] = ()
        if facts.simulator is not None:
            place = PageEntry(tr("Simulator"), "simulator")
            simulated = (Page("simulator", place, partial(self._build_simulator, facts.simulator)),)
        shown = (self.inbox, self.rules, self.templates, self.traffic, self.insights, *simulated, self.settings)
        self.all: tuple[Page[QWidget], ...] = (*shown, self.guide)

    def _build_inbox(self) -> InboxPage:
        inbox = InboxPage(self._bridge)
        inbox.conversation_wanted.connect(self._links.conversation)
        for part in (inbox.detail.decision, inbox.detail.history):
            part.rule_wanted.connect(self._explain_rule)
        inbox.detail.decision.try_wanted.connect(self._try_as)
        inbox.list.found.rule_picked.connect(partial(self._open_record, self.rules))
        inbox.list.found.template_picked.connect(partial(self._open_record, self.templates))
        inbox.list.setup_wanted.connect(self._resume_setup)
        inbox.list.starter_rules_wanted.connect(self._add_starter_rules)
        return inbox

    def _build_rules(self) -> "RulesPage":
        from wxdesk.ui.rules.page import RulesPage

        rules = RulesPage(self._bridge)
        rules.front_wanted.connect(self._links.page)
        rules.reviews.conversation_wanted.connect(self._links.conversation)
        return rules

    def _build_templates(self) -> "TemplatesPage":
        from wxdesk.ui.templates.page import TemplatesPage

        return TemplatesPage(self._bridge)

    def _build_traffic(self) -> "TrafficPage":
        from wxdesk.ui.traffic.page import TrafficPage

        traffic = TrafficPage(self._bridge)
        traffic.try_wanted.connect(self._try_as)
        traffic.health.setup.clicked.connect(self._resume_setup)
        return traffic

    def _build_insights(self) -> "InsightsPage":
        from wxdesk.ui.insights.page import InsightsPage

        insights = InsightsPage(self._bridge)
        insights.sections.write_rules.clicked.connect(self._review_unmatched)
        return insights

    def _build_simulator(self, simulator: "Simulator") -> "SimulatorPage":
        from wxdesk.ui.simulator.page import SimulatorPage

        return SimulatorPage(self._bridge, simulator)

    def _build_settings(self) -> "SettingsPage":
        from wxdesk.ui.settings.page import SettingsPage

        settings = SettingsPage(self._bridge, self._facts, self._appearance)
        for card in settings.team:
            card.leaving.connect(self.inbox.widget.save_unfinished)
        settings.preferences.hours.clicked.connect(self._open_hours)
        settings.empty.tryout.clicked.connect(self._links.tryout)
        settings.data.restore.clicked.connect(self._restore)
        settings.commands.setup_wanted.connect(self._open_setup)
        return settings

    def _build_guide(self) -> "SetupPage":
        from wxdesk.ui.setup.page import SetupPage

        memory = WindowMemory(self._facts.home)
        guide = SetupPage(self._bridge, memory, can_restore=self._facts.can_restore)
        guide.leave.clicked.connect(self._links.settings)
        guide.tryout.clicked.connect(self._links.tryout)
        guide.restore.clicked.connect(self._restore)
        guide.front_wanted.connect(self._links.page)
        guide.real_message.go_on.clicked.connect(partial(self._links.page, self.inbox.widget))
        guide.real_message.review.clicked.connect(self._open_rules)
        guide.mender.vault_wanted.connect(self._links.vault)
        guide.mender.starter_rules_wanted.connect(self._add_starter_rules)
        return guide

    def _restore(self) -> None:
        from wxdesk.ui.shell.restoring import RestoreJob

        window = self.inbox.widget.window()
        (window.findChild(RestoreJob) or RestoreJob(self._bridge, window, self._put_in_place)).ask()

    def _put_in_place(self, backup: Path) -> None:
        if self._facts.unpacked is not None:
            self._links.quit(partial(self._facts.unpacked, backup))

    def _explain_rule(self, rule_id: int, revision: int) -> None:
        self.rules.widget.explain(rule_id, revision)

    def _open_rules(self) -> None:
        self._links.page(self.rules.widget)

    def _open_hours(self) -> None:
        self.rules.widget.hours.open()

    def _open_setup(self, account: str, step: Check | None) -> None:
        self.guide.widget.open(account, step)

    def _review_unmatched(self) -> None:
        self.rules.widget.review_unmatched()

    def _try_as(self, conversation_id: int, sentence: str) -> None:
        self.rules.widget.try_as(conversation_id, sentence)

    def _add_starter_rules(self) -> None:
        self.rules.widget.files.add_starter_rules()

    def _resume_setup(self) -> None:
        self.guide.widget.resume()

    def _open_record(self, page: "Page[RulesPage] | Page[TemplatesPage]", record_id: int) -> None:
        self._links.page(page.widget)
        page.widget.open_record(record_id)

"""The pages of the window in the order of the rail, built in one place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.insights.page import InsightsPage
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.settings.page import SettingsPage
from wxdesk.ui.settings.places_card import InstallationFacts
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.shell.rail import PageEntry
from wxdesk.ui.simulator.page import SimulatorPage
from wxdesk.ui.simulator.port import Simulator
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.traffic.page import TrafficPage
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.vault import VaultLock


@dataclass(frozen=True, slots=True)
class Page:
    """A page's name in files, rail entry (if any), widget, and callback when shown."""

    name: str
    place: PageEntry | None
    widget: QWidget
    activate: Callable[[], None]


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Places of the window to which pages lead.

    `settings`, the simulated WeChat, a page that comes to the front, and a conversation by its id.
    """

    settings: Callable[[], None]
    tryout: Callable[[], None]
    page: Callable[[QWidget], None]
    conversation: Callable[[int], None]


@runtime_checkable
class HasUnsavedChanges(Protocol):
    """A page with text that is not stored at once."""

    @property
    def unsaved(self) -> bool:
        """True if closing now would lose something."""

    def leave(self, then: Callable[[], None]) -> None:
        """Let the operator decide about it; `then` is called unless the operator stays."""


def build_pages(
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    links: PageLinks,
    simulator: Simulator | None = None,
) -> tuple[Page, ...]:
    """Build all pages, the settings last in the rail, and the guided set-up behind.

    `links` lead from one page to another. With a simulated WeChat, its page is among them.
    """
    inbox = InboxPage(bridge)
    inbox.conversation_wanted.connect(links.conversation)
    rules = RulesPage(bridge)
    rules.front_wanted.connect(links.page)
    rules.reviews.conversation_wanted.connect(links.conversation)
    templates, traffic = TemplatesPage(bridge), TrafficPage(bridge)
    traffic.try_wanted.connect(rules.try_as)
    insights, settings = InsightsPage(bridge), SettingsPage(bridge, facts, appearance)
    _lead_on(inbox, rules, templates, settings, links)
    settings.preferences.hours.clicked.connect(rules.hours.open)
    settings.empty.tryout.clicked.connect(links.tryout)
    guide = _guide(bridge, WindowMemory(facts.home), links)
    guide.real_message.go_on.clicked.connect(partial(links.page, inbox))
    settings.commands.setup_wanted.connect(guide.open)
    for signal in (inbox.list.setup_wanted, traffic.health.setup.clicked):
        signal.connect(guide.resume)
    for signal in (guide.mender.starter_rules_wanted, inbox.list.starter_rules_wanted):
        signal.connect(rules.files.add_starter_rules)
    return (
        Page("inbox", PageEntry(tr("Inbox"), "inbox", "Ctrl+1"), inbox, inbox.activate),
        Page("rules", PageEntry(tr("Rules"), "rules", "Ctrl+2"), rules, rules.activate),
        Page("templates", PageEntry(tr("Templates"), "template", "Ctrl+6"), templates, templates.activate),
        Page("traffic", PageEntry(tr("Traffic"), "traffic", "Ctrl+3"), traffic, traffic.activate),
        Page("insights", PageEntry(tr("Insights"), "insights", "Ctrl+4"), insights, insights.activate),
        *_simulator(bridge, simulator),
        Page("setup", PageEntry(tr("Settings"), "settings", "Ctrl+5"), settings, settings.activate),
        Page("guide", None, guide, guide.activate),
    )


def _lead_on(
    inbox: InboxPage, rules: RulesPage, templates: TemplatesPage, settings: SettingsPage, links: PageLinks
) -> None:
    """Let the inbox lead to rules and templates, and put by before a sign-out."""
    for card in settings.team:
        card.leaving.connect(inbox.put_by)
    inbox.detail.decision.rule_wanted.connect(rules.explain)
    inbox.detail.decision.try_wanted.connect(rules.try_as)
    inbox.detail.history.rule_wanted.connect(rules.explain)
    inbox.list.found.rule_picked.connect(partial(_open_record, links, rules))
    inbox.list.found.template_picked.connect(partial(_open_record, links, templates))


def _open_record(links: PageLinks, page: RulesPage | TemplatesPage, record_id: int) -> None:
    links.page(page)
    page.open_record(record_id)


def _guide(bridge: WindowBridge, memory: WindowMemory, links: PageLinks) -> SetupPage:
    guide = SetupPage(bridge, memory)
    guide.leave.clicked.connect(links.settings)
    guide.tryout.clicked.connect(links.tryout)
    guide.front_wanted.connect(links.page)
    vault = VaultLock(bridge, guide)
    guide.mender.vault_wanted.connect(vault.ask)
    return guide


def _simulator(bridge: WindowBridge, simulator: Simulator | None) -> tuple[Page, ...]:
    if simulator is None:
        return ()
    page = SimulatorPage(bridge, simulator)
    return (Page("simulator", PageEntry(tr("Simulator"), "simulator", "Ctrl+7"), page, page.activate),)

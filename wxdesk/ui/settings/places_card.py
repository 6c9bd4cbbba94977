"""This installation on the settings page: listener, files, secrets and log."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk import __version__
from wxdesk.core.setup.findings import Finding
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.secret_places import SecretPlaces
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.card_rows import SettingsCard, StateLine
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.labels import PlainLabel

type Examine = Callable[[], Coroutine[Any, Any, Sequence[Finding]]]
"""Checks everything, as `wxdesk doctor` does."""


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """Locations of this installation, and how to examine it.

    `database` is the store's address, without a user or a password; None for `examine` offers no examination.
    """

    home: Path
    database: str = "sqlite:///desk.db"
    examine: Examine | None = None


class PlacesCard(SettingsCard):
    """The places of this desk, each to be copied."""

    def __init__(self, bridge: Bridge, facts: InstallationFacts, parent: QWidget) -> None:
        super().__init__(tr("This desk"), parent)
        self.listener = StateLine(self)
        self.add_row(tr("Listener"), self.listener)
        self.add_row(tr("Settings file"), self._path_row(str(facts.home / "config.toml")))
        sources = bridge.desk.configuration.now.sources
        if sources is not None:
            self.add_row(tr("Secrets"), SecretPlaces(bridge, sources, self))
        self.add_row(tr("Database"), PlainLabel(facts.database, elide=True, parent=self))
        self.add_row(tr("Log"), self._path_row(str(facts.home / "logs")))
        self.add_row(tr("Version"), PlainLabel(f"wxdesk {__version__}", parent=self))

    def show_listener(self, url: str) -> None:
        """Show where the desk listens; empty for nowhere."""
        if url:
            self.listener.show_state("accent", tr("Listening on {place}", place=url))
        else:
            self.listener.show_state("failed", tr("Not listening"))

    def _path_row(self, path: str) -> QHBoxLayout:
        copy = CopyButton(path, tr("the path"), self)
        return hbox(PlainLabel(path, elide=True, parent=self), copy, STRETCH, spacing=10)

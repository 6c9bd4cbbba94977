"""This installation on the settings page: listener, files, secrets and data."""

import asyncio
from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk import __version__
from wxdesk.core.model.operator import Role
from wxdesk.desk.data.exporting import ExportKind
from wxdesk.i18n import tr
from wxdesk.secrets.keychain import START_SECONDS
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.settings.daily_backup import DailyBackupFolder
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import ChangedState, SettingsCard, StateLine
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.dialogs.documentation import show_documentation
from wxdesk.ui.widgets.dialogs.file_jobs import FileJobs
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.vault import VaultDialog
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.rights import Rights


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


class SecretPlaces(ChangedState):
    """Keychain, vault or memory, as it is now."""

    def __init__(self, bridge: Bridge, sources: SecretSources, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._sources = sources
        self._is_asked = False
        self.show_now()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the keychain once; nobody has where the environment has all secrets.

        Not before the operator looks: it may ask them to unlock it, and a search makes this page, too.
        """
        super().showEvent(event)
        if not self._is_asked:
            self._is_asked = True
            asked = asyncio.to_thread(self._sources.keychain.get, "", START_SECONDS)
            self._bridge.ask(asked, self.show_now)

    def _now(self) -> tuple[str, str, str]:
        if self._sources.vault.is_locked:
            return "failed", tr("The vault is locked, and its secrets with it"), tr("Unlock …")
        if self._sources.keychain.trouble is None:
            return "accent", tr("New secrets go into the system's keychain"), ""
        if self._sources.vault.is_open:
            return "accent", tr("New secrets go into the vault"), ""
        text = tr("There is no usable keychain: new secrets are gone when the program ends")
        return "pending", text, tr("Make a vault …")

    def _change(self) -> None:
        dialog = VaultDialog(self._bridge, self._sources, self)
        dialog.accepted.connect(self.show_now)
        dialog.open()


class DataCard(SettingsCard):
    """Backup and export while the desk goes on, and restoring where the window can."""

    def __init__(self, bridge: WindowBridge, parent: QWidget, *, can_restore: bool = False) -> None:
        super().__init__(tr("Your data"), parent)
        self.jobs = FileJobs(bridge, self)
        self.back_up = Button(tr("Back up…"), parent=self, then=self.jobs.back_up)
        self.restore = Button(tr("Restore…"), parent=self)
        self.restore.setVisible(can_restore)
        about = tr("Everything in one file, no secret in the open.")
        self.how = Button(tr("How to back it up"), kind=ButtonKind.LINK, parent=self)
        self.how.clicked.connect(partial(show_documentation, "server", self))
        self.how.hide()
        if not bridge.desk.configuration.now.config.store.url.startswith("sqlite"):
            self.back_up.setEnabled(False)
            self.how.show()
            about = tr("The database is on a server, which is backed up there.")
        words = PlainLabel(about, role="secondary", wrap=True, parent=self)
        buttons = hbox(self.back_up, self.restore, (words, 1), spacing=10)
        self.add_row(tr("Backup"), vbox(buttons, (self.how, AT_LEFT), spacing=8))
        if self.back_up.isEnabled():
            self.daily = DailyBackupFolder(bridge, self)
            self.add_row(tr("Each day"), self.daily)
        names = (tr("Conversations…"), tr("Customers…"), tr("Messages…"), tr("Figures…"))
        self.exports = {kind: Button(name, parent=self) for kind, name in zip(ExportKind, names, strict=True)}
        for kind, button in self.exports.items():
            button.clicked.connect(partial(self.jobs.export, kind, "", ""))
        self.add_row(tr("Export"), FlowLayout(None, *self.exports.values()))
        Rights(bridge, Role.OWNER, *self.exports.values(), says=self.hint)

"""Daily backups on the settings page."""

from PySide6.QtWidgets import QWidget

from wxdesk.core.events import ConfigurationChanged, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.data.daily_backups import KEPT
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.card_rows import ChangedState
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_folder


class DailyBackupFolder(ChangedState):
    """Folder of the daily backups, and why there is none of today."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.show_now()
        bridge.follow(self, self.show_now, ConfigurationChanged, TroubleRaised)

    @property
    def _folder(self) -> str:
        return self._bridge.desk.configuration.now.config.backup.folder

    def _now(self) -> tuple[str, str, str]:
        if not self._folder:
            return "pending", tr("None: what only this computer has, is lost with it"), tr("Choose a folder…")
        troubles = self._bridge.desk.health.state.troubles
        failed = [tr(trouble.text) for trouble in troubles if trouble.key == TroubleArea.BACKUP]
        if failed:
            return "failed", failed[0], tr("No longer")
        return "accent", tr("Into {folder}; the last {n} stay", folder=self._folder, n=KEPT), tr("No longer")

    def _change(self) -> None:
        if self._folder:
            self._use("")
        else:
            ask_for_folder(self, tr("Folder of the daily backups"), self._use)

    def _use(self, folder: str) -> None:
        self._bridge.ask(self._bridge.desk.account_editing.set("backup", {"folder": folder}))

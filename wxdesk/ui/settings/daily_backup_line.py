"""Daily backup on the settings page: its folder, and the newest one in it."""

from collections.abc import Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import ConfigurationChanged, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.data.daily_backups import newest_backup
from wxdesk.i18n import tr
from wxdesk.threads import on_own_thread
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import StateLine
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_folder
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.times import dated_time


class DailyBackupLine(QWidget):
    """State of the daily backup, with buttons to choose a folder and to end it."""

    def __init__(self, bridge: WindowBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.folder = PlainLabel(elide=True, parent=self)
        self.state = StateLine(self)
        self.choose = Button(parent=self, then=self._choose)
        self.end = Button(tr("No longer"), kind=ButtonKind.LINK, parent=self, then=partial(self._use, ""))
        buttons = hbox(self.choose, self.end, (self.folder, 1), spacing=10)
        vbox(buttons, self.state, within=self, spacing=6)
        self._refresher = Refresher(bridge, self._question, self._show, self)
        bridge.follow(self, self._refresher.ask, ConfigurationChanged, TroubleRaised)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresher.ask()

    def _question(self) -> Coroutine[Any, Any, datetime | None]:
        setup = self._bridge.desk.configuration.now
        folder = setup.config.backup.folder
        self.folder.setText(folder)
        self.choose.setText(tr("Another folder…") if folder else tr("Choose a folder…"))
        self.end.setVisible(bool(folder))
        return on_own_thread(lambda: newest_backup(Path(folder), setup.home) if folder else None)

    def _show(self, newest: datetime | None) -> None:
        desk = self._bridge.desk
        troubles = desk.health.state.troubles
        failed = next((trouble.text for trouble in troubles if trouble.key == TroubleArea.BACKUP), "")
        if not desk.configuration.now.config.backup.folder:
            self.state.show_state("pending", tr("None: what only this computer has, is lost with it"))
        elif failed:
            self.state.show_state("failed", tr(failed))
        elif newest is None:
            self.state.show_state("faint", tr("The first one is being written"))
        else:
            when = dated_time(newest, desk.clock())
            self.state.show_state("accent", tr("The newest one was written at {when}", when=when))

    def _choose(self) -> None:
        ask_for_folder(self, tr("Folder of the daily backups"), self._use)

    def _use(self, folder: str) -> None:
        self._bridge.ask(self._bridge.desk.account_editing.set("backup", {"folder": folder}))

"""Restoring of a backup from the window."""

import asyncio
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.desk.data.backups import UnpackedBackup, unpack
from wxdesk.i18n import moment_text, tr
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.file_jobs import FileJobs, ask_for_backup
from wxdesk.ui.widgets.dialogs.notices import WindowBridge


class RestoreJob(QObject):
    """Unpacks a backup beside the desk that works, and asks.

    `then` gets its folder, if the operator agrees.
    """

    def __init__(self, bridge: WindowBridge, window: QWidget, then: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self._then = then
        self._jobs = FileJobs(bridge, window)

    def ask(self) -> None:
        """Ask for the file."""
        ask_for_backup(self._window, self._unpack)

    def _unpack(self, file: Path) -> None:
        unpacking = partial(unpack, file, self._bridge.desk.configuration.now.home)
        self._jobs.run(unpacking, self._confirm, tr("Reading the backup…"))

    def _confirm(self, found: UnpackedBackup) -> None:
        title = tr("Restore the backup of {time}?", time=moment_text(found.made_at))
        text = tr(
            "wxdesk closes, puts it in place and opens again, within seconds. What arrived after that backup is not in "
            "it. What is here now goes into a folder “before-restore-…” in {home}.",
            home=found.folder.parent,
        )
        question = ConfirmDialog(self._window, title, text, tr("Restore"), destructive=True)
        question.rejected.connect(partial(self._give_up, found.folder))
        question.accepted.connect(partial(self._then, found.folder))
        question.interrupt()  # reading takes minutes, and the operator types on

    def _give_up(self, folder: Path) -> None:
        self._bridge.ask(asyncio.to_thread(shutil.rmtree, folder))

"""Files of the operator's choice, read or written with progress or at once."""

import logging
import re
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDir, QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from wxdesk.core.errors import NotAllowed
from wxdesk.core.model.operator import Role
from wxdesk.core.system_failures import why_unusable
from wxdesk.desk.data.backups import back_up
from wxdesk.desk.data.exporting import READABLE, TABLES, ExportKind, Progress, Stopped, export, progress_text
from wxdesk.i18n import explain, tr
from wxdesk.paths import replace_file
from wxdesk.timezones import shared_zone
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge

log = logging.getLogger(__name__)

type FileWork = Callable[[str, Path, Path, Progress], Coroutine[Any, Any, object]]

BAR = "file"
EVERY_MS = 250
_IN_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s]+')

_FILTERS = {
    ".csv": "Table for Excel (*.csv)",
    ".jsonl": "JSON Lines (*.jsonl)",
    ".html": "Page for a browser (*.html)",
    ".txt": "Plain text (*.txt)",
    ".json": "JSON (*.json)",
    ".zip": "Backup (*.zip)",
}


class FileJobs(QObject):
    """Has the desk read or write one file at a time; what is stopped leaves nothing."""

    def __init__(self, bridge: WindowBridge, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = bridge.notices
        self._host = host
        self._progress: Progress | None = None
        self._doing = ""
        self._waiting: list[Callable[[], None]] = []
        self._tick = QTimer(self, interval=EVERY_MS)
        self._tick.timeout.connect(self._show)
        bridge.closing.connect(self.stop)

    def back_up(self) -> None:
        """Ask for a file and write a backup into it."""
        told = tr("The backup is written. It holds what customers wrote: keep it safe.")
        self._ask("wxdesk", (".zip",), back_up, told)

    def export(self, kind: ExportKind, account: str, openid: str, *_: object, whose: str = "") -> None:
        """Ask for a file and export everybody into it, or the person called `whose`."""
        endings = tuple(READABLE if kind is ExportKind.CONVERSATIONS else TABLES)
        zone = shared_zone(one.timezone for one in self._bridge.desk.accounts.values() if account in ("", one.name))
        work = partial(export, kind=kind, account=account, openid=openid, zone=zone)
        what = _IN_NO_FILE_NAME.sub("_", f"{tr(kind.value)}-{whose}" if whose else tr(kind.value))
        self._ask(what, endings, work, tr("Exported"))

    def _ask(self, what: str, endings: tuple[str, ...], work: FileWork, told: str) -> None:
        if reason := self._bridge.desk.why_not(Role.OWNER):
            self._bridge.failed.emit(NotAllowed(reason=reason))
            return
        name = f"{what}-{self._bridge.desk.clock().astimezone():%Y-%m-%d}{endings[0]}"
        filters = ";;".join(tr(_FILTERS[ending]) for ending in endings)
        ask_where(self._host, tr("Save as"), name, partial(self.write, work, told), filters)

    def write(self, work: FileWork, told: str, file: str) -> None:
        """Have `work` write a file, and say `told` once it is there."""
        now = self._bridge.desk.configuration.now
        writing = partial(work, now.config.store.url, now.home, Path(file))
        self.run(writing, partial(self._written, told, Path(file)), tr("Writing…"))

    def run[T](self, work: Callable[[Progress], Coroutine[Any, Any, T]], done: Callable[[T], None], doing: str) -> None:
        """Have the desk do this, say in a bar what it is `doing`, and tell `done`."""
        if self._progress is not None:
            self._waiting.append(partial(self.run, work, done, doing))
            return
        self._progress, self._doing = Progress(), doing
        self._bridge.ask(work(self._progress), done, expected=(Stopped, self._stopped), ended=self._end)
        self._tick.start()

    def stop(self) -> None:
        """Stop what is under way."""
        if self._progress is not None:
            self._progress.stopped = True

    def _show(self) -> None:
        if self._progress is not None:
            latest = self._progress.latest
            said = f"{self._doing} {progress_text(latest) if latest else ''}"
            self._notices.bar(BAR, said, "pending", tr("Stop"), self.stop)

    def _written(self, told: str, file: Path, _: object) -> None:
        folder = QUrl.fromLocalFile(str(file.parent))
        self._notices.offer(told, tr("Open the folder"), partial(QDesktopServices.openUrl, folder))

    def _stopped(self, stopped: Stopped) -> None:
        self._notices.toast(explain(stopped))

    def _end(self) -> None:
        self._tick.stop()
        self._progress = None
        self._notices.bar(BAR, "")
        if self._waiting:
            self._waiting.pop(0)()


def ask_where(host: QWidget, title: str, name: str, then: Callable[[str], object], filters: str = "") -> None:
    """Ask where to save a file, proposing a name; `then` gets the path."""
    dialog = _ask(host, title, filters, QDir.home().filePath(name))
    dialog.fileSelected.connect(then)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.filterSelected.connect(partial(_use_ending, dialog))
    dialog.selectFile(name)
    dialog.open()


def ask_for_files(
    host: QWidget, title: str, then: Callable[[list[str]], object], filters: str, *, several: bool = False
) -> None:
    """Ask for one or `several` files, where the last one was; `then` gets their paths."""
    dialog = _ask(host, title, filters, "")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialog.filesSelected.connect(then)
    dialog.open()


def ask_for_folder(host: QWidget, title: str, then: Callable[[str], object]) -> None:
    """Ask for a folder; `then` gets its path."""
    dialog = _ask(host, title, "", "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(then)
    dialog.open()


def ask_for_backup(host: QWidget, then: Callable[[Path], object]) -> None:
    """Ask for the backup to be restored."""
    ask_for_files(host, tr("Restore a backup"), lambda files: then(Path(files[0])), tr(_FILTERS[".zip"]))


def _ask(host: QWidget, title: str, filters: str, start: str) -> QFileDialog:
    """Return a dialog not yet opened: the system's own takes no change after that."""
    dialog = QFileDialog(host.window(), title, start, filters)
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, tr("Look in:"))  # Qt's own Chinese lacks these two
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, tr("Files of type:"))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _use_ending(dialog: QFileDialog, chosen: str) -> None:
    dialog.setDefaultSuffix(chosen.rpartition(".")[2].rstrip(")"))


NOT_SAVED = "not saved"


def save_as(host: QWidget, notices: Notices, name: str, content: bytes) -> None:
    """Ask for a file, proposing a name, and write `content` into it, whole or not."""
    ask_where(host, tr("Save as"), name, partial(save, notices, content))


def save(notices: Notices, content: bytes, file: str, said: str = "") -> None:
    """Write `content` into a file, whole or not; tell what is `said`, or why not."""
    path = Path(file)
    try:
        replace_file(path, (content,))
    except OSError as error:
        log.warning("A file could not be saved", exc_info=error)
        notices.bar(NOT_SAVED, tr("Not saved: {why}", why=tr(why_unusable(error))))
        return
    notices.bar(NOT_SAVED, "")
    notices.toast(said or tr("Saved as {file}", file=path.name))

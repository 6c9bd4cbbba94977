"""Quarantined pushes on the traffic page: listing, reading again and saving."""

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from wxdesk.core.events import NOT_TIMED, PushSeen
from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.traces import PushTrace
from wxdesk.core.system_failures import why_unusable
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import Notices

log = logging.getLogger(__name__)

TROUBLE = "quarantine"


class QuarantineController(QObject):
    """Queries the desk's quarantine for the page.

    Signals:
        counted: the number of pushes in quarantine.
        listed: the newest of them as entries (list[PushSeen]) with what is known of each (list[PushTrace]).
    """

    counted = Signal(int)
    listed = Signal(list, list)

    def __init__(self, bridge: Bridge, notices: Notices, host: QWidget) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._notices = notices
        self._host = host
        self._saving: KeptPush | None = None

    def ask(self) -> None:
        """Query the pushes in quarantine."""
        self._bridge.ask(self._bridge.desk.quarantine.newest(), self._show)

    def read_again(self) -> None:
        """Try to read all of them again, as one does after a program update."""
        self._bridge.ask(self._bridge.desk.quarantine.read_again(), self._say_read)

    def save(self, push: KeptPush) -> None:
        """Ask for a file and save the push's body there, byte for byte."""
        self._saving = push
        dialog = QFileDialog(self._host.window(), tr("Save what came"), str(Path.home()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file_name(push))
        dialog.fileSelected.connect(self.save_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_to(self, file: str) -> None:
        """Write the push that is being saved to a file."""
        push, path = self._saving, Path(file)
        if push is None:
            return
        try:
            path.write_bytes(push.body)
        except OSError as error:
            log.warning("A push could not be saved", exc_info=error)
            why = tr(why_unusable(error))
            self._notices.bar(TROUBLE, tr("Not saved: {why}", why=why))
            return
        self._notices.toast(tr("Saved as {file}", file=path.name))

    def _show(self, found: tuple[int, list[KeptPush]]) -> None:
        count, pushes = found
        self.counted.emit(count)
        self.listed.emit(*lines_of(pushes))

    def _say_read(self, count: int) -> None:
        if count:
            self._notices.toast(ntr("{n} push could be read now", "{n} pushes could be read now", count))
        else:
            self._notices.toast(tr("None of them can be read yet; a newer wxdesk may know how."))
        self.ask()


def lines_of(pushes: Sequence[KeptPush]) -> tuple[list[PushSeen], list[PushTrace]]:
    """Convert pushes, newest first, to entries and what the store knows of each."""
    entries = [PushSeen(push.account, "kept", push.received_at, NOT_TIMED, "", push.key) for push in pushes]
    traces = [PushTrace(push.id, push.account, push.key, push.derived, push.note) for push in pushes]
    return entries, traces


def file_name(push: KeptPush) -> str:
    """Make a file name of account, number and format, without an openid."""
    kind = push.format.value if push.format is not None else "bin"
    return f"wxdesk-{push.account}-{push.id}.{kind}"

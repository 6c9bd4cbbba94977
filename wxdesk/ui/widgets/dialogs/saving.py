"""Saving of something small into a file of the operator's choice."""

import logging
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from wxdesk.core.system_failures import why_unusable
from wxdesk.i18n import tr
from wxdesk.paths import replace_file
from wxdesk.ui.widgets.dialogs.notices import Notices

log = logging.getLogger(__name__)

NOT_SAVED = "not saved"


def save_as(host: QWidget, notices: Notices, name: str, content: bytes) -> None:
    """Ask for a file, proposing a name, and write `content` into it, whole or not."""
    dialog = QFileDialog(host.window(), tr("Save as"), str(Path.home() / name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(partial(_save, notices, content))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _save(notices: Notices, content: bytes, file: str) -> None:
    path = Path(file)
    try:
        replace_file(path, (content,))
    except OSError as error:
        log.warning("A file could not be saved", exc_info=error)
        notices.bar(NOT_SAVED, tr("Not saved: {why}", why=tr(why_unusable(error))))
        return
    notices.bar(NOT_SAVED, "")
    notices.toast(tr("Saved as {file}", file=path.name))

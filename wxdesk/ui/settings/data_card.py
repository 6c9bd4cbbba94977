"""Data on the settings page: backup, and export of everything."""

from functools import partial

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.operator import Role
from wxdesk.desk.data.exporting import ExportKind
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.dialogs.file_jobs import FileJobs
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.rights import Rights


class DataCard(SettingsCard):
    """Backup and export while the desk goes on."""

    def __init__(self, bridge: Bridge, notices: Notices, parent: QWidget) -> None:
        super().__init__(tr("Your data"), parent)
        self.jobs = FileJobs(bridge, notices, self)
        self.back_up = Button(tr("Back up…"), parent=self)
        self.back_up.clicked.connect(self.jobs.back_up)
        about = tr("Everything in one file, without secrets. “wxdesk restore” brings it back.")
        if not bridge.desk.configuration.now.config.store.url.startswith("sqlite"):
            self.back_up.setEnabled(False)
            about = tr("The database is on a server, which is backed up there: see docs/server.md.")
        words = PlainLabel(about, role="secondary", wrap=True, parent=self)
        self.add_row(tr("Backup"), hbox(self.back_up, (words, 1), spacing=10))
        names = (tr("Conversations…"), tr("Customers…"), tr("Messages…"), tr("Figures…"))
        self.exports = {kind: Button(name, parent=self) for kind, name in zip(ExportKind, names, strict=True)}
        for kind, button in self.exports.items():
            button.clicked.connect(partial(self.jobs.export, kind, "", ""))
        flow = FlowLayout()
        flow.set_widgets(self.exports.values())
        self.add_row(tr("Export"), flow)
        Rights(bridge, Role.OWNER, *self.exports.values(), says=self.hint)

"""A bar that tells of a newer version, where config.toml asks for it."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from wxdesk.computer.updates import VersionNotice, newer_version
from wxdesk.i18n import language, tr
from wxdesk.threads import aside
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

BAR = "version"
DAY_MS = 24 * 60 * 60 * 1000


class UpdateNotice(QObject):
    """Looks once a day, from the start on; installs nothing."""

    def __init__(self, bridge: WindowBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        timer = QTimer(self, interval=DAY_MS)
        timer.timeout.connect(self.look)
        timer.start()
        self.look()

    def look(self) -> None:
        """Fetch the notice, if config.toml says where it is."""
        wanted = self._bridge.desk.configuration.now.config.updates
        if wanted.url and wanted.key:
            self._bridge.ask(aside(partial(newer_version, wanted.url, wanted.key)), self._tell, once=BAR)

    def _tell(self, notice: VersionNotice | None) -> None:
        if notice is not None:
            words = notice.zh_CN if language() == "zh_CN" else notice.en
            text = tr("wxdesk {version} is available. {words}", version=notice.version, words=words)
            self._bridge.notices.bar(BAR, text, tone="pending", lasting=True)

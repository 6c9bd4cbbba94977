"""Second starts on the same home: the open window comes to the front instead."""

import hashlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from wxdesk.ui.runtime.display import ACTIVATION_TOKEN

log = logging.getLogger(__name__)

SOCKET = "window.socket"
"""Name of the socket in the operator's folder; Windows has a named pipe instead."""

PATIENCE_MS = 500


def raise_open_window(home: Path) -> bool:
    """Bring the window that is open on `home` to the front; False if there is none."""
    socket = QLocalSocket()
    socket.connectToServer(_place(home))
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    socket.write(os.environ.get(ACTIVATION_TOKEN, "").encode() + b"\n")
    socket.flush()
    socket.close()
    return True


class SecondStarts(QObject):
    """Listener for further starts on `home`, each of which calls `come_forward`.

    It puts the start's `ACTIVATION_TOKEN` into the environment before. Made by the desk that has locked `home` only.
    """

    def __init__(self, home: Path, come_forward: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._come_forward = come_forward
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        QLocalServer.removeServer(_place(home))  # left behind by a crash
        if not self._server.listen(_place(home)):
            log.info("A second start will not raise this window: %s", self._server.errorString())

    def _on_connection(self) -> None:
        while self._server.hasPendingConnections():
            start = self._server.nextPendingConnection()
            start.waitForReadyRead(PATIENCE_MS)
            said = bytes(start.readAll().data()).decode("ascii", "ignore")  # of whatever found the socket
            os.environ[ACTIVATION_TOKEN] = said.strip().replace("\0", "")
            start.deleteLater()
        self._come_forward()


def _place(home: Path) -> str:
    if sys.platform == "win32":
        return "wxdesk-" + hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return str(home / SOCKET)

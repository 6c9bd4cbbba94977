"""Public address and tunnel on the settings page, to be checked again at any time."""

from PySide6.QtWidgets import QWidget

from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase
from wxdesk.core.setup.verdicts import CheckVerdict, Gravity
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.setup.text import checked_text, told_alone
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import SettingsCard, StateLine
from wxdesk.ui.widgets.labels import PlainLabel


class AddressSummary(SettingsCard):
    """The address, the tunnel behind it, and the last probe."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(tr("The way here"), parent)
        self._bridge = bridge
        self._url = PlainLabel(elide=True, parent=self)
        self.reach, self.tunnel = StateLine(self), StateLine(self)
        self.change = Button(tr("Change…"), kind=ButtonKind.LINK, parent=self)
        self.again = Button(tr("Check again"), icon="retry", parent=self)
        self.again.clicked.connect(self.check)
        self.checked = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.add_row(tr("Public address"), hbox((self._url, 1), self.change, spacing=12))
        self.add_row(tr("From outside"), self.reach)
        self.add_row(tr("Tunnel"), self.tunnel)
        self.add_row("", hbox(self.again, self.checked, STRETCH, spacing=10))

    def show_state(self) -> None:
        """Show the newest state."""
        desk = self._bridge.desk
        state = desk.setup.state
        self._url.setText(desk.setup.public_url or tr("none yet"))
        self._show(self.reach, state.reach)
        nothing = state.reach.verdict is CheckVerdict.NO_PUBLIC_URL
        self.checked.setText(checked_text(state.reach, desk.clock()))
        up = state.tunnel.phase is TunnelPhase.UP and state.tunnel.verdict is CheckVerdict.OK
        if nothing and state.tunnel.kind is TunnelKind.EXTERNAL:
            self.tunnel.show_state("faint", tr("none yet"))
        elif up:
            self.tunnel.show_state("accent", tr(_UP[state.tunnel.kind]))
        else:
            self._show(self.tunnel, state.tunnel.finding)

    def check(self) -> None:
        """Probe the address now."""
        self.again.setEnabled(False)
        self._bridge.ask(self._bridge.desk.setup.check_address(), self._probed, self._failed, once=self)

    def _show(self, line: StateLine, finding: Finding) -> None:
        gravity = finding.verdict.gravity
        waits = finding.verdict in {CheckVerdict.UNKNOWN, CheckVerdict.WAITING, CheckVerdict.TUNNEL_STARTING}
        roles = {Gravity.WARNING: "pending", Gravity.FAILURE: "failed"}
        role = "pending" if finding.verdict is CheckVerdict.NO_PUBLIC_URL else roles.get(gravity, "accent")
        line.show_state("faint" if waits else role, told_alone(finding))

    def _probed(self, _: Finding) -> None:
        self.again.setEnabled(True)
        self.show_state()

    def _failed(self, error: Exception) -> None:
        self.again.setEnabled(True)
        self._bridge.failed.emit(error)


_UP = {
    TunnelKind.EXTERNAL: "Kept by something else than wxdesk",
    TunnelKind.SSH: "Stands, by SSH to your server",
    TunnelKind.COMMAND: "Stands; its program is watched",
}

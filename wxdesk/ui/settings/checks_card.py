"""Checks on the settings page: everything by its doctor, the way here by a probe."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxdesk.core.setup.findings import CheckVerdict, Finding, Gravity
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase
from wxdesk.desk.setup.sentences import reported
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import Examine
from wxdesk.ui.setup.findings import FindingCard
from wxdesk.ui.setup.text import checked_text, told_alone
from wxdesk.ui.widgets.boxes import STRETCH, discard, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.card_rows import SettingsCard, StateLine
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.labels import PlainLabel, small_label


class ChecksCard(SettingsCard):
    """Examines libraries, folder, secrets, WeChat, tunnel and address, when asked."""

    def __init__(self, bridge: Bridge, examine: Examine, parent: QWidget) -> None:
        super().__init__(tr("Check everything"), parent)
        self._bridge = bridge
        self._examine = examine
        words = tr("From the libraries to the way from outside, each with its remedy; it takes a few seconds.")
        self._about = PlainLabel(words, role="secondary", wrap=True, parent=self)
        self.run = Button(tr("Check everything"), icon="retry", parent=self, then=self.start)
        self.report = CopyButton("", tr("the report"), self)
        self.report.setText(tr("Copy the report"))
        self.report.hide()
        self.sum = StateLine(self)
        self.sum.hide()
        self._rows: QVBoxLayout = vbox(spacing=4)
        self.findings: list[FindingCard] = []
        foot = hbox(self.run, self.report, STRETCH, spacing=10)
        self.column.addLayout(vbox(self._about, self.sum, self._rows, foot, spacing=10))

    def start(self) -> None:
        """Run every check; a second press while they run does nothing."""
        self.run.setEnabled(False)
        self.run.setText(tr("Checking…"))
        self._bridge.ask(self._examine(), self._show, ended=self._rest, once=self)

    def _show(self, found: Sequence[Finding]) -> None:
        open_ones = [one for one in found if one.verdict.gravity >= Gravity.WARNING or one.outdated]
        now = self._bridge.desk.clock()
        discard(*self.findings)
        self.findings = []
        for finding in sorted(open_ones, key=lambda one: -one.verdict.gravity):
            card = FindingCard(self, framed=False)
            card.show_finding(finding, when=checked_text(finding, now) if finding.outdated else "")
            self._rows.addWidget(card)
            self.findings.append(card)
        well = len(found) - len(open_ones)
        self.sum.show_state(
            "failed" if any(not one.ok for one in open_ones) else "pending" if open_ones else "accent",
            ntr("{n} check is well", "{n} checks are well", well) + (tr("; to be looked at:") if open_ones else ""),
        )
        self.sum.show()
        self._about.hide()
        self.report.text_to_copy = report_of(found)
        self.report.show()

    def _rest(self) -> None:
        self.run.setEnabled(True)
        self.run.setText(tr("Check everything"))


def report_of(found: Sequence[Finding]) -> str:
    """Return one line a finding, without secrets, to be sent to a colleague."""
    return "\n".join(
        " · ".join(
            filter(None, ("ok" if one.ok else "FAIL", one.check, one.account, f"{one.verdict}: {reported(one)}"))
        )
        for one in found
    )


class AddressSummary(SettingsCard):
    """The address, the tunnel behind it, and the last probe."""

    def __init__(self, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(tr("How WeChat gets here"), parent)
        self._bridge = bridge
        self._url = PlainLabel(elide=True, parent=self)
        self.reach, self.tunnel = StateLine(self), StateLine(self)
        self.change = Button(tr("Change…"), kind=ButtonKind.LINK, parent=self)
        self.again = Button(tr("Check again"), icon="retry", parent=self, then=self.check)
        self.checked = small_label(tabular=True, parent=self)
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
        self._bridge.ask(self._bridge.desk.setup.check_address(), ended=self._probed, once=self)

    def _show(self, line: StateLine, finding: Finding) -> None:
        gravity = finding.verdict.gravity
        waits = finding.verdict in {CheckVerdict.UNKNOWN, CheckVerdict.WAITING, CheckVerdict.TUNNEL_STARTING}
        roles = {Gravity.WARNING: "pending", Gravity.FAILURE: "failed"}
        role = "pending" if finding.verdict is CheckVerdict.NO_PUBLIC_URL else roles.get(gravity, "accent")
        line.show_state("faint" if waits else role, told_alone(finding))

    def _probed(self) -> None:
        self.again.setEnabled(True)
        self.show_state()


_UP = {
    TunnelKind.EXTERNAL: "Provided by something other than wxdesk",
    TunnelKind.SSH: "Connected, by SSH to your server",
    TunnelKind.COMMAND: "Connected; its program is watched",
}

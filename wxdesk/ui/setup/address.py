"""Third card: the way to this machine, probed from outside as WeChat would."""

from PySide6.QtWidgets import QWidget

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, ProbeStage, stages
from wxdesk.i18n import tr
from wxdesk.ui.setup.card import SetupCard, SetupView
from wxdesk.ui.setup.findings import FindingCard, Mender
from wxdesk.ui.setup.text import state_of
from wxdesk.ui.setup.tunnel_form import TunnelForm
from wxdesk.ui.widgets.boxes import extend, hbox
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel


class AddressCard(SetupCard):
    """The public address and the tunnel behind it, with each stage of the last probe."""

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        sentence = tr(
            "WeChat calls an address that opens from anywhere. A server of yours or a tunnel leads it to this computer."
        )
        super().__init__(Check.ADDRESS, sentence, mender, parent)
        self.form = TunnelForm(mender.bridge, self)
        self.form.saved.connect(self.check)
        self.probe = ProbeRow(self)
        self.tunnel = FindingCard(self)
        extend(self.body, self.form, self.tunnel, self.probe)

    def show_view(self, view: SetupView) -> None:
        """Show the address and the newest probe."""
        self.form.show_settings()
        super().show_view(view)

    @property
    def finding(self) -> Finding:
        """The newest probe by the account's own push URL, else by any."""
        own = self.view.setup.finding(self.fact)
        return self.view.reach if own.verdict is CheckVerdict.UNKNOWN else own

    def show_result(self, finding: Finding) -> None:
        """Show the probe, stage by stage."""
        super().show_result(finding)
        nothing = finding.verdict is CheckVerdict.NO_PUBLIC_URL
        tunnel = self.view.tunnel
        shown = tunnel is not None and tunnel.verdict not in {CheckVerdict.OK, CheckVerdict.UNKNOWN}
        config = self._bridge.desk.configuration.now.config
        empty = nothing and (shown or not config.tunnel.tells_address)  # the empty field says so
        caused = shown and tunnel is not None and tunnel.verdict is finding.verdict  # the card of the tunnel says so
        self.result.setHidden(empty or caused or finding.verdict is CheckVerdict.UNKNOWN)
        for widget in (self.probe, self.again, self.checked):
            widget.setHidden(nothing)
        self.probe.show_finding(finding)
        self.tunnel.show_finding(tunnel if shown else None, mending=self._mender.offer(tunnel) if tunnel else None)

    def begin(self) -> None:
        """Focus the address while there is none."""
        if not self.form.url.text():
            self.form.url.edit.setFocus()

    def check(self) -> None:
        """Probe the address now."""
        self.ask(self._bridge.desk.setup.check_address(self.view.name), self.show_result)


class ProbeRow(QWidget):
    """The stages of a probe in one line, each by icon, name and colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.marks: dict[ProbeStage, tuple[IconLabel, PlainLabel]] = {}
        flow = FlowLayout(self)
        for stage in ProbeStage:
            part = QWidget(self)
            icon, word = IconLabel("dot", "faint", 16, part), PlainLabel(tr(_STAGES[stage]), parent=part)
            self.marks[stage] = icon, word
            hbox(icon, word, within=part, spacing=4)
            flow.addWidget(part)

    def show_finding(self, finding: Finding) -> None:
        """Show how far the probe came."""
        for stage, verdict in stages(finding):
            look = state_of(Finding(finding.check, verdict))
            icon, word = self.marks[stage]
            icon.show_icon(look.icon, look.role)
            word.set_role("secondary" if look.role == "faint" else "text" if look.role == "accent" else look.role)
            word.setAccessibleName(f"{tr(_STAGES[stage])}: {look.word}")


_STAGES = {
    ProbeStage.WRITING: "Well-formed",
    ProbeStage.NAME: "Name resolves",
    ProbeStage.CONNECTION: "Connection",
    ProbeStage.CERTIFICATE: "Certificate",
    ProbeStage.ANSWER: "This desk answers",
    ProbeStage.TIME: "Fast enough",
}

"""Form of the public address and of the tunnel that leads it here."""

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from wxdesk.config.tunnel import GATEWAYS, PRESETS, TunnelSettings, keys_of, line_of, words_of
from wxdesk.core.errors import BadConfig, BadInput
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.public_url import caddyfile, cleaned_url, read_public_url
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.desk.setup.sentences import text, told
from wxdesk.i18n import explain_reason, tr
from wxdesk.secrets.names import TUNNEL_PASSWORD
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, Chip, Switch
from wxdesk.ui.widgets.copying import CodeBlock
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.fields.labelled import LabelledField, switch_line
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel, small_label

_KINDS = {
    TunnelKind.EXTERNAL: (
        "I have an address",
        "A server, a router or a tunnel of your own leads the address to {local} on this computer already. If you have "
        "none of these, choose “A tunnel program”.",
    ),
    TunnelKind.SSH: (
        "My own server, by SSH",
        "wxdesk logs in to your server and lets it hand WeChat's requests on. There it takes a web server for https, "
        "such as Caddy.",
    ),
    TunnelKind.COMMAND: (
        "A tunnel program",
        "No server? Register with a tunnel such as cpolar or natapp and install its program; wxdesk starts and watches "
        "it. A fixed address costs a little; free ones change at each start.",
    ),
}


class TunnelForm(QWidget):
    """Edits the address and the tunnel; both are in force as soon as they are saved.

    Signals:
        saved: they are in force.
    """

    saved = Signal()

    def __init__(self, bridge: WindowBridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._shown: tuple[str, TunnelSettings] | None = None
        self.kinds = QButtonGroup(self)
        self.url = LabelledField(tr("Public address, which opens from anywhere"), "", self, room=True)
        self.meaning = PlainLabel(role="secondary", wrap=True, parent=self)
        self.ssh, self.command = SshFields(self), CommandFields(self)
        self.save = Button(tr("Save and check"), parent=self, then=self.store)
        self.url.edit.editingFinished.connect(self._clean)
        self.url.edit.returnPressed.connect(self.store)
        self.url.edited.connect(self._show_domain)
        self.ssh.remote_port.edited.connect(self._show_domain)
        vbox(
            self._choices(), self.meaning, self.url, self.ssh, self.command, hbox(self.save, STRETCH),
            within=self, spacing=10,
        )  # fmt: skip
        self.kinds.idClicked.connect(self._show_kind)
        self.command.preset.currentIndexChanged.connect(self._show_hint)

    def show_settings(self) -> None:
        """Show what is in force, unless it is shown; what is written or stored stays."""
        config = self._bridge.desk.configuration.now.config
        now = config.listener.public_url, config.tunnel
        if now == self._shown or self._bridge.is_asking(self):
            return
        self._shown = now
        url, tunnel = now
        self.url.edit.setText(url)
        kind = tuple(TunnelKind).index(tunnel.kind)
        self.kinds.button(kind).setChecked(True)
        self.ssh.show_settings(tunnel)
        self.command.show_settings(tunnel)
        self._show_kind(kind)

    def store(self) -> None:
        """Save both, or say at the address why it cannot be."""
        self._clean()
        wanted = self.settings()
        url = self.url.text()
        address, found = read_public_url(url)
        if address is None and (url or not wanted.tells_address):
            self.url.refuse(told(found))
            return
        if (gap := self._gap(wanted)) is not None:
            field, reason = gap
            field.refuse(reason)
            return
        work = self._bridge.desk.account_editing.set("tunnel", keys_of(wanted))
        self._bridge.ask(work, partial(self._tunnel_stored, url), self._refused, once=self)

    def settings(self) -> TunnelSettings:
        """Return the tunnel as the form has it."""
        before = self._shown[1] if self._shown is not None else TunnelSettings()
        kind = tuple(TunnelKind)[self.kinds.checkedId()]
        if kind is TunnelKind.SSH:
            return self.ssh.settings(before)
        if kind is TunnelKind.COMMAND:
            return self.command.settings()
        return TunnelSettings()

    def _gap(self, wanted: TunnelSettings) -> tuple[LabelledField, str] | None:
        """Return the first field that lacks a value, with what to enter."""
        if wanted.kind is TunnelKind.SSH and not wanted.host:
            return self.ssh.host, tr("Enter the address of your server.")
        if wanted.kind is TunnelKind.SSH and not wanted.user and wanted.gateway == "sshd":
            return self.ssh.user, tr("Enter the name by which you log in there.")
        if wanted.kind is TunnelKind.SSH and not wanted.custom_domain and wanted.gateway == "frps":
            return self.ssh.domain, tr("Enter the domain.")
        if wanted.kind is TunnelKind.COMMAND and not (wanted.preset or wanted.command):
            return self.command.line, tr("Enter the command that starts it.")
        return None

    def _tunnel_stored(self, url: str, _: object) -> None:
        password = self.ssh.password.edit.text()
        if password:
            self._bridge.ask(self._bridge.desk.account_editing.set_other_secret(TUNNEL_PASSWORD, password))
            self.ssh.password.edit.clear()
        work = self._bridge.desk.account_editing.set("listener", {"public_url": url or None})
        self._bridge.ask(work, self._stored, self._refused, once=self)

    def _stored(self, _: object) -> None:
        self.url.show_error("")
        self.show_settings()
        self.saved.emit()

    def _refused(self, error: Exception) -> None:
        if isinstance(error, BadConfig) and str(error.values["key"]).startswith("tunnel."):
            at = str(error.values["key"]).removeprefix("tunnel.")
            self.ssh.by_key.get(at, self.command.line).refuse(explain_reason(error))
        elif isinstance(error, BadInput):
            self.url.refuse(explain_reason(error))
        else:
            self._bridge.failed.emit(error)

    def _clean(self) -> None:
        before, after = self.url.edit.text(), cleaned_url(self.url.edit.text())
        _, found = read_public_url(before)
        if after != before:
            self.url.edit.setText(after)
            cleaned = found.verdict is CheckVerdict.URL_CLEANED
            self.url.words.show_note(text(found) if cleaned else "")
        if found.verdict in {CheckVerdict.URL_ILLEGAL, CheckVerdict.WRONG_PORT, CheckVerdict.PRIVATE_ADDRESS}:
            self.url.show_error(told(found))

    def _show_domain(self) -> None:
        self.url.words.show_note("")
        self.ssh.show_domain(urlsplit(cleaned_url(self.url.text())).hostname or "")

    def _choices(self) -> FlowLayout:
        for index, (word, _) in enumerate(_KINDS.values()):
            self.kinds.addButton(Chip(tr(word), exclusive=True, parent=self), index)
        return FlowLayout(None, *self.kinds.buttons())

    def _show_kind(self, index: int) -> None:
        kind = tuple(TunnelKind)[index]
        local = self._bridge.desk.health.state.listener_url
        self.meaning.setText(tr(_KINDS[kind][1], local=local))
        self._show_hint()
        for field in (self.url, *self.ssh.by_key.values(), self.command.line):
            field.show_error("")
        self.ssh.setVisible(kind is TunnelKind.SSH)
        self.command.setVisible(kind is TunnelKind.COMMAND)
        self.command.show_place(urlsplit(local).port or 0, self._bridge.desk.configuration.now.home)

    def _show_hint(self) -> None:
        told = self.settings().tells_address
        self.url.edit.setPlaceholderText(tr("Empty: the program tells it") if told else "https://desk.example.com")


class SshFields(QWidget):
    """Server, user and key of an SSH tunnel, and what the server needs for https."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        gateways = zip(GATEWAYS, (tr("A server with SSH"), tr("The SSH gateway of frps")), strict=True)
        self.gateway = ChoiceField(self, tr("Kind of server"), gateways)
        self.host = LabelledField(tr("Server"), "203.0.113.9", self)
        self.port = LabelledField(tr("Port"), "22", self)
        self.user = LabelledField(tr("User"), "root", self)
        self.key_file = LabelledField(tr("Key file (empty: the usual ones)"), "~/.ssh/id_ed25519", self)
        self.password = LabelledField(tr("Password, or that of the key (empty: as before)"), "", self)
        self.password.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.remote_port = LabelledField(tr("Port there that takes the requests"), "8765", self)
        self.proxy_name = LabelledField(tr("Name of the proxy"), "wxdesk", self)
        self.domain = LabelledField(tr("Domain in frps"), "desk.example.com", self)
        self.by_key = {
            "host": self.host, "port": self.port, "user": self.user, "key_file": self.key_file,
            "remote_port": self.remote_port, "proxy_name": self.proxy_name, "custom_domain": self.domain,
        }  # fmt: skip
        self.carry_api = Switch(parent=self)
        self.caddy = CodeBlock("", tr("the Caddyfile"), self)
        words = tr("For https on the server, put this into its Caddyfile; the certificate comes and renews by itself:")
        self._about_caddy = small_label(words, wrap=True, parent=self)
        self._lay_out()
        self.gateway.currentIndexChanged.connect(self._show_gateway)
        self._show_gateway()

    def show_settings(self, tunnel: TunnelSettings) -> None:
        """Show the settings in force."""
        for key, field in self.by_key.items():
            field.edit.setText(str(getattr(tunnel, key)))
        self.carry_api.setChecked(tunnel.carry_api)
        self.gateway.show_value(tunnel.gateway)

    def show_domain(self, domain: str) -> None:
        """Show the lines for the web server of this domain."""
        self.caddy.show_text(caddyfile(domain or "desk.example.com", _number(self.remote_port, 8765)).rstrip())

    def settings(self, before: TunnelSettings) -> TunnelSettings:
        """Return the settings as written; an accepted host key stays with its host."""
        host, port = self.host.text(), _number(self.port, 22)
        same = (host, port) == (before.host, before.port)
        return TunnelSettings(
            kind=TunnelKind.SSH,
            host=host,
            port=port,
            user=self.user.text(),
            key_file=self.key_file.text(),
            host_key=before.host_key if same else "",
            remote_port=_number(self.remote_port, 8765),
            carry_api=self.carry_api.isChecked(),
            gateway=self.gateway.value,
            proxy_name=self.proxy_name.text() or "wxdesk",
            custom_domain=self.domain.text(),
        )

    def _lay_out(self) -> None:
        carry = tr("Calls to WeChat leave by the server as well, so that the address on the API IP list never changes")
        vbox(
            hbox(self.gateway, STRETCH),
            hbox((self.host, 3), (self.port, 1), (self.user, 2), spacing=12),
            hbox((self.key_file, 3), (self.password, 3), spacing=12),
            hbox((self.remote_port, 3), (self.proxy_name, 2), (self.domain, 3), spacing=12),
            switch_line(self.carry_api, carry, tr("Calls to WeChat leave by the server as well")),
            self._about_caddy, self.caddy,
            within=self, spacing=10,
        )  # fmt: skip

    def _show_gateway(self) -> None:
        frps = self.gateway.value == "frps"
        self.proxy_name.setVisible(frps)
        self.domain.setVisible(frps)
        for widget in (self.user, self.remote_port, self.caddy, self._about_caddy):
            widget.setVisible(not frps)


class CommandFields(QWidget):
    """A known tunnel program, or any other by its command line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        programs = [*((name, name) for name in PRESETS), ("", tr("Another program"))]
        self.preset = ChoiceField(self, tr("Tunnel program"), programs)
        self.line = LabelledField(tr("Command, if not the usual one"), "", self)
        self._port, self._home = 0, Path()
        self.preset.currentIndexChanged.connect(self._show_example)
        vbox(hbox(self.preset, STRETCH), self.line, within=self, spacing=10)

    def show_settings(self, tunnel: TunnelSettings) -> None:
        """Show the settings in force."""
        other = tunnel.kind is TunnelKind.COMMAND and not tunnel.preset
        self.preset.show_value("" if other else tunnel.preset or "cpolar")
        self.line.edit.setText(line_of(tunnel.command))

    def show_place(self, port: int, home: Path) -> None:
        """Take the port to which the tunnel leads, and the folder, into the example."""
        self._port, self._home = port, home
        self._show_example()

    def _show_example(self) -> None:
        usual = TunnelSettings(preset=self.preset.value).command_to(self._port)
        self.line.edit.setPlaceholderText(line_of(usual))
        file = self._home / "frpc.toml"
        self.line.words.show_note(tr("frpc reads {file}", file=file) if self.preset.value == "frpc" else "")

    def settings(self) -> TunnelSettings:
        """Return the settings as they are written."""
        command = words_of(self.line.text())
        return TunnelSettings(kind=TunnelKind.COMMAND, preset=self.preset.value, command=command)


def _number(field: LabelledField, otherwise: int) -> int:
    return int(field.text()) if field.text().isdigit() else otherwise

"""A tunnel is set up on its card: a real SSH server that is accepted first, and a program that changes its name."""

import os
from pathlib import Path

import asyncssh
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ports import free_port
from tests.tunnel.command.conftest import put_in_path
from tests.tunnel.ssh.servers import PASSWORD, OwnServer
from tests.ui.setup.newcomer import PUBLIC, Newcomer
from tests.ui.setup.steps import LONG, card, click, give_mini_program, paste, reach
from wxdesk.config.reading import load
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.ui.setup.address import AddressCard
from wxdesk.ui.setup.message_push import MessagePushCard
from wxdesk.ui.setup.page import SetupPage


def test_a_server_is_accepted_by_its_fingerprint_and_leads_here(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, tmp_path: Path
) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_public_key(tmp_path / "key.pub")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "other")  # refused: the password counts
    server, there = OwnServer(tmp_path / "key.pub"), free_port()
    person.wechat.call(server.start())
    person.way.leads_to(f"http://127.0.0.1:{there}")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    third = card(guide, AddressCard)
    qtbot.mouseClick(third.form.kinds.button(1), Qt.MouseButton.LeftButton)
    ssh = third.form.ssh
    values = {ssh.host: "127.0.0.1", ssh.port: str(server.port), ssh.user: "wx", ssh.password: PASSWORD}
    for field, value in {**values, ssh.key_file: str(tmp_path / "other"), ssh.remote_port: str(there)}.items():
        paste(qtbot, field.edit, value)
    assert ssh.password.edit.echoMode() is QLineEdit.EchoMode.Password
    paste(qtbot, third.form.url.edit, PUBLIC)
    assert f"reverse_proxy 127.0.0.1:{there}" in ssh.caddy.copy_button.text_to_copy
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: third.tunnel.isVisible() and third.tunnel.mend.isVisible(), timeout=LONG)
    assert third.tunnel.finding is not None
    assert third.tunnel.finding.verdict is CheckVerdict.SSH_HOST_KEY_NEW
    click(qtbot, third.tunnel.mend)
    qtbot.waitUntil(third.tunnel.isHidden, timeout=LONG)
    click(qtbot, third.again)
    click(qtbot, third.go_on)
    reach(qtbot, guide, Check.URL_CHECK)
    tunnel = load(person.home).tunnel
    assert (tunnel.kind, tunnel.host_key) == (TunnelKind.SSH, server.key.get_fingerprint())
    assert PASSWORD not in (person.home / "config.toml").read_text(encoding="utf-8")
    person.wechat.call(server.stop())


def test_a_missing_tunnel_program_is_told_once_and_no_stage_of_the_way_seems_well(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    third = card(guide, AddressCard)
    qtbot.mouseClick(third.form.kinds.button(2), Qt.MouseButton.LeftButton)
    third.form.command.preset.setCurrentText("cpolar")
    paste(qtbot, third.form.url.edit, "https://former.example.com")
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: third.finding.verdict is CheckVerdict.TUNNEL_MISSING, timeout=LONG)
    qtbot.waitUntil(lambda: third.tunnel.isVisible() and third.result.isHidden(), timeout=LONG)
    names = [word.accessibleName() for _, word in third.probe.marks.values()]
    assert all(name.endswith("Not yet") for name in names), names


def test_a_tunnel_with_another_address_than_the_console_is_told_and_taken(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_path(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    push, third = card(guide, MessagePushCard), card(guide, AddressCard)
    click(qtbot, push.go_on)
    qtbot.mouseClick(third.form.kinds.button(2), Qt.MouseButton.LeftButton)
    third.form.command.preset.setCurrentText("cpolar")
    paste(qtbot, third.form.url.edit, "https://former.example.com")
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: third.tunnel.isVisible() and third.tunnel.mend.isVisible(), timeout=LONG)
    assert third.tunnel.finding is not None
    assert third.tunnel.finding.verdict is CheckVerdict.TUNNEL_RENAMED
    url = third.tunnel.finding.values["url"]
    click(qtbot, third.tunnel.mend)
    qtbot.waitUntil(lambda: load(person.home).listener.public_url == url, timeout=LONG)
    guide.show_step(Check.SECRETS)
    qtbot.waitUntil(lambda: push.view.push_url == f"{url}/wx/shop", timeout=LONG)
    assert load(person.home).tunnel.preset == "cpolar"


def test_a_tunnel_that_stands_and_tells_no_address_is_said_to_lack_one(
    qtbot: QtBot, person: Newcomer, guide: SetupPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_path(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setenv("FAKE", "silent")
    give_mini_program(qtbot, guide, person)
    reach(qtbot, guide, Check.SECRETS)
    click(qtbot, card(guide, MessagePushCard).go_on)
    third = card(guide, AddressCard)
    qtbot.mouseClick(third.form.kinds.button(2), Qt.MouseButton.LeftButton)
    third.form.command.preset.setCurrentIndex(third.form.command.preset.count() - 1)
    paste(qtbot, third.form.command.line.edit, "other")
    click(qtbot, third.form.save)
    qtbot.waitUntil(lambda: third.result.isVisible(), timeout=LONG)
    assert third.finding.verdict is CheckVerdict.NO_PUBLIC_URL

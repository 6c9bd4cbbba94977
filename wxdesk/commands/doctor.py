"""`wxdesk doctor`: checks everything messages need to flow, one line a check.

Changes and creates nothing. A check that an earlier failure makes impossible is left out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wxdesk.config import Config, load
from wxdesk.core.errors import WxdeskError
from wxdesk.core.model.account import PushMode
from wxdesk.core.system_failures import NO_FOLDER, UnusableFile, why_not_listening
from wxdesk.core.wechat.credential_shapes import judge_account
from wxdesk.desk.settings.configuration import utc_now
from wxdesk.desk.wechat.clock_skew import clock_warning
from wxdesk.desk.wechat.credential_texts import explain_issue
from wxdesk.desk.wechat.refusals import explain_refusal
from wxdesk.i18n import explain, tr
from wxdesk.secrets import AccountSecrets, SecretSources
from wxdesk.store import StoreStatus, check_store
from wxdesk.timezones import zone_named
from wxdesk.ui.runtime.display import INSTALL
from wxdesk.wechat.client import WeChatClient

FREE_BYTES = 500 * 1024 * 1024
"""Least free disk space for a good check; a full disk stops acknowledging."""


@dataclass(frozen=True, slots=True)
class DoctorLine:
    """Outcome of one check; `detail` says what was found and how to fix a failure."""

    ok: bool
    what: str
    detail: str

    def line(self) -> str:
        """Format as one line of output."""
        return f"{'ok  ' if self.ok else 'FAIL'}  {self.what}: {self.detail}"


async def examine(home: Path, environ: Mapping[str, str]) -> list[DoctorLine]:
    """Run every possible check, in the order in which to fix the problems."""
    findings = list(_folder(home))
    try:
        config = load(home)
    except WxdeskError as error:
        return [*findings, DoctorLine(False, tr("Configuration"), explain(error))]
    findings.append(_configuration(config))
    sources = SecretSources(home, environ)
    sources.unlock_by_environment()
    asked = {entry.name: sources.read(entry.account(), utc_now()) for entry in config.accounts}
    findings += _secrets(config, asked)
    store, in_use = await _database(config, home)
    findings += [store, *([] if in_use else [_port(config)])]
    findings += [finding async for finding in _wechat(config, asked, in_use=in_use)]
    reason = _why_qt_does_not_load()
    findings += _window(reason)
    if not reason:
        findings += [_sound(), await _notices()]
    return findings


def _folder(home: Path) -> Iterator[DoctorLine]:
    what = tr("Folder")
    standing = next(place for place in (home, *home.parents) if place.exists())
    if not standing.is_dir():
        yield DoctorLine(False, what, explain(UnusableFile(str(standing), NO_FOLDER)))
    else:
        made = tr("{folder}, made at the first start", folder=home)
        yield DoctorLine(True, what, str(home) if standing == home else made)
    free = shutil.disk_usage(standing).free
    yield DoctorLine(free >= FREE_BYTES, tr("Disk"), tr("{mb} MB free", mb=free // 1024 // 1024))


def _configuration(config: Config) -> DoctorLine:
    names = ", ".join(entry.name for entry in config.accounts)
    nobody = tr("no [[accounts]] in config.toml yet; see the settings page")
    return DoctorLine(bool(names), tr("Configuration"), tr("accounts: {names}", names=names) if names else nobody)


type FoundSecrets = Mapping[str, AccountSecrets]
"""Found and missing secrets by account; read once, because a keychain may be slow."""


def _secrets(config: Config, asked: FoundSecrets) -> Iterator[DoctorLine]:
    for entry in config.accounts:
        what = tr("Secrets of “{account}”", account=entry.name)
        found, missing = asked[entry.name].credentials, asked[entry.name].missing
        for secret in missing:
            hint = tr("{name} is missing: set {variable}, or run: {command}",
                      name=secret.name.value, variable=secret.variable, command=secret.command)  # fmt: skip
            yield DoctorLine(False, what, hint)
        issues = judge_account(entry.account(), found)
        for issue in issues:
            yield DoctorLine(False, what, explain_issue(issue))
        if not missing and not issues:
            yield DoctorLine(True, what, tr("complete"))
        for name, until in found.accepted_until:
            time = f"{until.astimezone():%Y-%m-%d %H:%M}"
            yield DoctorLine(True, what, tr("the former {name} is accepted until {time}", name=name, time=time))
        kept = tr("rules leave {n} of 5 to a human", n=entry.reserve)
        yield DoctorLine(True, tr("Replies of “{account}”", account=entry.name), kept)
        if entry.timezone:
            clock = tr("{time} now, in {zone}", time=f"{utc_now().astimezone(zone_named(entry.timezone)):%H:%M}",
                       zone=entry.timezone)  # fmt: skip
            yield DoctorLine(True, tr("Clock of “{account}”", account=entry.name), clock)
        if entry.push_mode is PushMode.PLAIN:
            plain = tr("plain: nothing signs the bodies; choose secure mode in WeChat's console and here")
            yield DoctorLine(True, tr("Push mode of “{account}”", account=entry.name), plain)


async def _database(config: Config, home: Path) -> tuple[DoctorLine, bool]:
    what = tr("Database")
    try:
        condition = await check_store(config.store.url, home)
    except WxdeskError as error:
        return DoctorLine(False, what, explain(error)), False
    words = {
        StoreStatus.IN_USE: tr("in use by a desk that is open now"),
        StoreStatus.EMPTY: tr("none yet, made at the first start"),
        StoreStatus.OLDER: tr("sound; the next start brings it up to date"),
        StoreStatus.SOUND: tr("opens and is sound"),
    }
    return DoctorLine(True, what, words[condition]), condition is StoreStatus.IN_USE


def _port(config: Config) -> DoctorLine:
    host, port = config.listener.host, config.listener.port
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with contextlib.closing(socket.socket(family, kind, protocol)) as probe:
                if sys.platform != "win32":  # there it would let two programs have one port
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        reason = tr(why_not_listening(error))
        found = tr("{host}:{port} cannot be used: {reason}", host=host, port=port, reason=reason)
        return DoctorLine(False, tr("Listener"), found)
    return DoctorLine(True, tr("Listener"), tr("{host}:{port} is free", host=host, port=port))


async def _wechat(config: Config, asked: FoundSecrets, *, in_use: bool) -> AsyncIterator[DoctorLine]:
    at, compared = config.wechat, False
    for entry in config.accounts:
        account = entry.account()
        credentials = asked[account.name].credentials
        if asked[account.name].missing:
            continue
        what = tr("WeChat's API for “{account}”", account=account.name)
        if in_use and at.token_endpoint == "classic":  # noqa: S105 - no secret
            yield DoctorLine(True, what, tr("left out: it would take the token away from the desk that is open now"))
            continue
        client = WeChatClient(at.api_base, at.token_endpoint, {account.name: credentials}, lambda _: None, utc_now)
        try:
            seconds = await client.check(account)
            yield DoctorLine(True, what, tr("access_token valid for {seconds} s", seconds=round(seconds)))
        except WxdeskError as error:
            yield DoctorLine(False, what, explain_refusal(error))
        finally:
            await client.close()
        if client.clock_check.ahead is not None and not compared:
            compared = True
            wrong = clock_warning(client.clock_check.ahead)
            yield DoctorLine(not wrong, tr("Clock of this machine"), wrong or tr("agrees with WeChat's"))


def _window(reason: str) -> Iterator[DoctorLine]:
    what = tr("Window")
    if not reason:
        yield DoctorLine(True, what, tr("Qt loads"))
    else:
        yield DoctorLine(False, what, f"{reason} · {INSTALL}" if sys.platform == "linux" else reason)
    if sys.platform == "linux":
        yield _font()


def _why_qt_does_not_load() -> str:
    if importlib.util.find_spec("PySide6") is None:
        return tr("PySide6 is not installed")
    # In a process of its own: a missing system library must not take this one down.
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "wxdesk"]
    command = [*program, "--probe-window"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    return tried.stdout.strip() or (tried.stderr.strip().rsplit("\n", 1)[-1] if tried.returncode else "")


def _sound() -> DoctorLine:
    from wxdesk.ui.notifications.player import player_command  # only where Qt loads

    what = tr("Sound of calls")
    if sys.platform == "win32":
        return DoctorLine(True, what, tr("played by the system"))
    command = player_command()
    if command:
        return DoctorLine(True, what, tr("played by {program}", program=command[0]))
    return DoctorLine(True, what, tr("no player found, the system's beep is used; better: {command}",
                                  command="apt install pulseaudio-utils"))  # fmt: skip


async def _notices() -> DoctorLine:
    from wxdesk.ui.notifications.service import NoServiceError, notices_have_buttons  # as above

    what = tr("Notices on the desktop")
    try:
        buttons = await notices_have_buttons()
    except NoServiceError:
        return DoctorLine(True, what, tr("no service shows any; the tray's messages are used, where there is a tray"))
    return DoctorLine(True, what, tr("shown, with buttons") if buttons else tr("shown, without buttons"))


def _font() -> DoctorLine:
    what = tr("Chinese font")
    lister = shutil.which("fc-list")
    listed = subprocess.run([lister, ":lang=zh-cn"], capture_output=True, text=True, check=False) if lister else None  # noqa: S603
    if listed is not None and listed.stdout.strip():
        return DoctorLine(True, what, tr("installed"))
    hint = tr("none installed, the one that comes with wxdesk is used; better: {command}",
              command="apt install fonts-noto-cjk fonts-noto-color-emoji")  # fmt: skip
    return DoctorLine(True, what, hint)

"""One account on the settings page: its addresses, secrets and access token."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.core.model.account import Account, PushMode
from wxdesk.desk.health import HealthState
from wxdesk.desk.wechat.credential_texts import explain_issue
from wxdesk.i18n import ntr, tr
from wxdesk.secrets import MissingSecret
from wxdesk.ui.settings.facts import InstallationFacts
from wxdesk.ui.settings.rows import SettingsCard, Stack, StateLine
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.copying import CodeBlock, CopyButton
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.messages import clock_time, day_text, time_left_text


class AccountCard(SettingsCard):
    """The facts about one account, with the countdown of its token.

    Signals:
        copied: something was put on the clipboard.
    """

    copied = Signal()

    def __init__(self, account: Account, facts: InstallationFacts, parent: QWidget | None = None) -> None:
        super().__init__(account.name, parent, hint=tr("Mini program"))
        self._account = account
        self._facts = facts
        self._former = [(secret, until, StateLine(self)) for secret, until in facts.former.get(account.name, ())]
        self._url = PlainLabel(elide=True, parent=self)
        self._copy_url = CopyButton("", tr("the push URL"), self)
        self._copy_url.copied.connect(self.copied)
        self.reach = StateLine(self)
        self.token = StateLine(self)
        self.add_row(tr("App id"), PlainLabel(account.app_id, elide=True, parent=self))
        self.add_row(tr("Original id"), PlainLabel(account.original_id or "–", elide=True, parent=self))
        self.add_row(tr("Push URL"), self._url_row())
        self.add_row("", self.reach)
        self.add_row(tr("Push mode"), self._mode_row())
        self.add_row(tr("Secrets"), self._secrets())
        self.add_row(tr("Access token"), self.token)

    @property
    def push_url(self) -> str:
        """The address for WeChat's pushes."""
        return self._copy_url.text_to_copy

    def show_health(self, state: HealthState, now: datetime) -> None:
        """Show the desk's state as it is at `now`."""
        url = self._facts.push_url(self._account.name, state.listener_url)
        self._url.setText(url)
        self._copy_url.text_to_copy = url
        self.reach.show_state(*self._reach(state))
        self.token.show_state(*self._token(state, now))
        for secret, until, line in self._former:
            line.setVisible(now < until)
            time = f"{day_text(until, now)} {clock_time(until)}"
            line.show_state("faint", tr(_FORMER[secret], time=time))

    def _url_row(self) -> QHBoxLayout:
        return hbox(self._url, self._copy_url, STRETCH, spacing=10)

    def _mode_row(self) -> QWidget:
        return self._line(*_PUSH_MODES[self._account.push_mode]())

    def _secrets(self) -> Stack:
        missing = self._facts.missing_for(self._account.name)
        if missing:
            lacking = ntr(
                "{n} secret is missing: no message arrives and no reply leaves. Store it and start wxdesk again:",
                "{n} secrets are missing: no message arrives and no reply leaves. Store them and start wxdesk again:",
                len(missing),
            )
            return Stack(self._line("failed", lacking), *(self._remedy(secret) for secret in missing))
        issues = [self._line("failed", explain_issue(one)) for one in self._facts.issues.get(self._account.name, ())]
        if not issues:
            there = tr("All there; they are kept in the system's keychain or the environment")
            issues = [self._line("accent", there)]
        return Stack(*issues, *(former for _, _, former in self._former))

    def _line(self, state: str, text: str) -> StateLine:
        line = StateLine(self)
        line.show_state(state, text)
        return line

    def _remedy(self, secret: MissingSecret) -> QWidget:
        block = CodeBlock(secret.command, tr("the command"), self)
        block.setToolTip(tr("or set the environment variable {variable}", variable=secret.variable))
        block.copy_button.copied.connect(self.copied)
        return block

    def _reach(self, state: HealthState) -> tuple[str, str]:
        if not state.listener_url:
            return "failed", tr("Nothing listens, so nothing can arrive")
        if not self._facts.public_url:
            return "pending", tr(
                "This address works on this machine only. Set [listener] public_url to what your tunnel makes of it."
            )
        return "accent", tr("Enter this URL in the mini program's console, under message push")

    def _token(self, state: HealthState, now: datetime) -> tuple[str, str]:
        token = dict(state.tokens).get(self._account.name)
        if self._facts.missing_for(self._account.name):
            return "faint", tr("Not fetched: the secrets come first")
        if token is None:
            return "faint", tr("Not fetched yet; it is fetched before the first reply")
        if token.expires_at is None:
            return "failed", tr(token.error)
        left = time_left_text(token.expires_at - now)
        if token.error:
            return "pending", tr("Valid for {left}; no new one comes: {why}", left=left, why=tr(token.error))
        return "accent", tr("Valid for {left}; renewed by itself", left=left)


_FORMER = {
    "push_token": "The former push Token is accepted until {time}",
    "encoding_aes_key": "The former EncodingAESKey is accepted until {time}",
}


def _secure() -> tuple[str, str]:
    return "accent", tr("Secure: encrypted and signed")


def _compat() -> tuple[str, str]:
    return "accent", tr("Compatible: the encrypted part is used, the plain copy is ignored")


def _plain() -> tuple[str, str]:
    return "pending", tr(
        "Plain: the signature does not cover the message, so whoever knows the URL could forge one. Choose secure mode."
    )


_PUSH_MODES = {PushMode.SECURE: _secure, PushMode.COMPAT: _compat, PushMode.PLAIN: _plain}

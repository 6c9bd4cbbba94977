"""Account on the settings page: its set-up, addresses, secrets and access token."""

from datetime import datetime

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.findings import Gravity
from wxdesk.core.setup.public_url import push_path
from wxdesk.core.wechat.credential_shapes import judge_account
from wxdesk.desk.desk import Desk
from wxdesk.desk.setup.sentences import told
from wxdesk.desk.wechat.explanations import explain_issue
from wxdesk.i18n import account_title, ntr, tr
from wxdesk.ui.setup.text import step_title
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, Menu
from wxdesk.ui.widgets.card_rows import SettingsCard, StateLine
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.menu_button import MenuButton
from wxdesk.ui.wording.times import clock_time, day_text, time_left_text


class AccountCard(SettingsCard):
    """The facts about one account, with the countdown of its token."""

    def __init__(self, name: str, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, hint=tr("Mini program"))
        self.name = name
        self._desk = desk
        menu = Menu(self)
        self.commands = {command: menu.addAction(tr(words)) for command, words in COMMANDS.items()}
        self.more = MenuButton(tr("More"), menu=menu, parent=self)
        self.more.setAccessibleName(tr("More for “{account}”", account=name))
        self.head.addWidget(self.more)
        self.state = StateLine(self)
        self.open_setup = Button(tr("Set up…"), kind=ButtonKind.LINK, parent=self)
        self._app_id = PlainLabel(elide=True, parent=self)
        self._original_id = PlainLabel(elide=True, parent=self)
        self._url = PlainLabel(elide=True, parent=self)
        self.copy_url = CopyButton("", tr("the push URL"), self)
        self.mode, self.secrets, self.token = StateLine(self), StateLine(self), StateLine(self)
        self.kept = PlainLabel(wrap=True, parent=self)
        self.former = [StateLine(self) for _ in _FORMER]
        setup = hbox((self.state, 1), self.open_setup, spacing=12)
        secrets = vbox(self.secrets, *self.former, spacing=8)
        for word, value in (
            (tr("Set-up"), setup), (tr("AppID"), self._app_id), (tr("Original id"), self._original_id),
            (tr("Push URL"), hbox(self._url, self.copy_url, STRETCH, spacing=10)), (tr("Push mode"), self.mode),
            (tr("Secrets"), secrets), (tr("Access token"), self.token), (tr("Customers' data"), self.kept),
        ):  # fmt: skip
            self.add_row(word, value)
        for own in (self.more, self.open_setup):  # of the machine that has the secrets
            own.setVisible(not desk.is_remote)

    def show_state(self, now: datetime) -> None:
        """Show the account as it is at `now`; nothing of one that is gone."""
        account = self._desk.accounts.get(self.name)
        if account is None:
            return
        self.title.setText(account_title(self.name))
        self._app_id.setText(account.app_id)
        self._original_id.setText(account.original_id or "–")
        public = self._desk.setup.public_url
        url = public + push_path(self.name) if public else ""
        self._url.setText(url or tr("On the server" if self._desk.is_remote else "There is no public address yet"))
        self.copy_url.text_to_copy = url
        self.copy_url.setVisible(bool(url))
        role, sentence = _PUSH_MODES[account.push_mode]
        self.mode.show_state(role, tr(sentence))
        self.kept.setText(kept_text(account))
        self._show_setup(paused=account.paused)
        self._show_secrets(account, now)
        self.token.show_state(*self._token(now))

    def _show_setup(self, *, paused: bool) -> None:
        setup = self._desk.setup.state.account(self.name)
        self.commands["pause"].setText(tr("Resume answering") if paused else tr(COMMANDS["pause"]))
        worst, missing = setup.worst, setup.missing
        if refused := tr(self._desk.health.state.refused):
            self.state.show_state("failed", refused)
        elif paused:
            self.state.show_state("pending", tr("Paused: messages are kept, not answered automatically"))
        elif worst.verdict.gravity >= Gravity.WARNING:
            role = "failed" if worst.verdict.gravity >= Gravity.FAILURE else "pending"
            words = tr("The server reports: {told}", told=told(worst)) if self._desk.is_remote else told(worst)
            self.state.show_state(role, words)
        elif missing is not None:
            self.state.show_state("faint", tr("Next step: {step}", step=step_title(missing)))
        else:
            self.state.show_state("accent", tr("Messages arrive, and rules answer them"))

    def _show_secrets(self, account: Account, now: datetime) -> None:
        setup = self._desk.configuration.now
        missing = [one for one in setup.missing if one.account == self.name]
        credentials = setup.credentials.get(self.name)
        issues = judge_account(account, credentials) if credentials is not None else ()
        if missing:
            words = ntr("{n} secret is missing; the set-up takes it", "{n} secrets are missing; the set-up takes them",
                        len(missing))  # fmt: skip
            self.secrets.show_state("failed", words)
        elif issues:
            self.secrets.show_state("failed", " ".join(explain_issue(issue) for issue in issues))
        elif self._desk.is_remote:
            self.secrets.show_state("faint", tr("On the server"))
        else:
            self.secrets.show_state("accent", tr("Complete"))
        former = dict(credentials.accepted_until) if credentials is not None else {}
        for (secret, sentence), line in zip(_FORMER.items(), self.former, strict=True):
            until = former.get(secret)
            line.setVisible(until is not None and now < until)
            if until is not None:
                line.show_state("faint", tr(sentence, time=f"{day_text(until, now)} {clock_time(until)}"))

    def _token(self, now: datetime) -> tuple[str, str]:
        token = dict(self._desk.health.state.tokens).get(self.name)
        if any(one.account == self.name for one in self._desk.configuration.now.missing):
            return "faint", tr("Not fetched: the secrets come first")
        if token is None:
            return "faint", tr("Not fetched yet; it is fetched before the first reply")
        if token.expires_at is None:
            return "failed", tr(token.error)
        left = time_left_text(token.expires_at - now)
        if token.error:
            return "pending", tr("Valid for {left}; no new one comes: {why}", left=left, why=tr(token.error))
        return "accent", tr("Valid for {left}; renewed by itself", left=left)


class NoAccountCard(SettingsCard):
    """Card in place of the first account, with two ways to begin."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("No mini program yet"), parent)
        words = tr(
            "Connect yours in five steps, about ten minutes. Each is checked as you go, and you can leave at any time."
        )
        self.column.addWidget(PlainLabel(words, role="secondary", wrap=True, parent=self))
        self.connect_first = Button(tr("Connect a mini program"), kind=ButtonKind.PRIMARY, parent=self)
        self.tryout = Button(tr("Try it without an account"), icon="simulator", parent=self)
        self.column.addLayout(hbox(self.connect_first, self.tryout, STRETCH, spacing=10))


COMMANDS = {
    "change": "Change AppID, AppSecret or original id…",
    "pause": "Pause answering",
    "title": "Name shown…",
    "rename": "Name in the push URL…",
    "rotate": "New Token and key…",
    "remove": "Remove…",
}
"""Commands of the card's menu by name, with their words."""

_FORMER = {
    "push_token": "The former push Token is accepted until {time}",
    "encoding_aes_key": "The former EncodingAESKey is accepted until {time}",
}


_PUSH_MODES = {
    PushMode.SECURE: ("accent", "Secure: encrypted and signed"),
    PushMode.COMPAT: ("accent", "Compatible: the encrypted part is used, the plain copy is ignored"),
    PushMode.PLAIN: (
        "pending",
        "Plain: the signature does not cover the message, so whoever knows the URL could forge one. "
        "Choose secure mode.",
    ),
}
"""Colour role and sentence of each push mode."""


def kept_text(account: Account) -> str:
    """Return how long customers are kept."""
    if not account.keep_months:
        return tr("Kept for ever")
    return ntr("Deleted after {n} month of silence", "Deleted after {n} months of silence", account.keep_months)

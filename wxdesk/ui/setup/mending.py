"""Buttons that mend what a check found, where a program can do it."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.setup.finding_card import Mending
from wxdesk.ui.widgets.dialogs.notices import Notices


class Mender(QObject):
    """Offers the one button for a finding, and does it.

    Signals:
        go_to: show the card of this `SetupFact`.
        starter_rules_wanted: take over the built-in rules.
        mended: something was changed; check again.
        vault_wanted: ask for the vault's passphrase.
    """

    go_to = Signal(object)
    starter_rules_wanted = Signal()
    mended = Signal()
    vault_wanted = Signal()

    def __init__(self, bridge: Bridge, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.notices = notices

    def offer(self, finding: Finding) -> Mending | None:
        """Return the button for a finding; None where only a person can mend it."""
        make = self._offers.get(finding.verdict)
        return make(finding) if make is not None else None

    @property
    def _offers(self) -> dict[CheckVerdict, Callable[[Finding], Mending | None]]:
        return {
            CheckVerdict.ORIGINAL_ID_DIFFERS: self._original_id,
            CheckVerdict.APP_ID_DIFFERS: self._app_id,
            CheckVerdict.MODE_DIFFERS: self._mode,
            CheckVerdict.TUNNEL_RENAMED: partial(self._url, "url"),
            CheckVerdict.REDIRECT: partial(self._url, "to"),
            CheckVerdict.SSH_HOST_KEY_NEW: self._host_key,
            CheckVerdict.SSH_HOST_KEY_CHANGED: self._host_key,
            CheckVerdict.NO_RULES: self._rules,
            CheckVerdict.ACCOUNT_PAUSED: self._resume,
            CheckVerdict.SECRET_MISSING: self._secret,
            CheckVerdict.VAULT_LOCKED: self._vault,
            CheckVerdict.SECRET_IN_MEMORY: self._vault,
            CheckVerdict.KEYCHAIN_UNUSABLE: self._vault,
            CheckVerdict.NO_PUBLIC_URL: partial(self._card, SetupFact.ADDRESS),
        }

    def _original_id(self, finding: Finding) -> Mending | None:
        right = finding.values.get("original_id", "")
        return (tr("Correct it here"), partial(self._change, finding.account, original_id=right)) if right else None

    def _app_id(self, finding: Finding) -> Mending:
        return tr("Look at the AppID"), partial(self.go_to.emit, SetupFact.MINI_PROGRAM)

    def _mode(self, finding: Finding) -> Mending | None:
        there = finding.values.get("there", "")
        if there not in set(PushMode) or there == PushMode.PLAIN:
            return None  # plain text is mended in the console, never by trusting it here
        return tr("Take it in that mode here"), partial(self._change, finding.account, push_mode=PushMode(there))

    def _url(self, name: str, finding: Finding) -> Mending | None:
        url = finding.values.get(name, "")
        change = partial(self._do, partial(self.bridge.desk.account_editing.set, "listener", {"public_url": url}))
        return (tr("Use the new address here"), change) if url else None

    def _host_key(self, finding: Finding) -> Mending | None:
        fingerprint = finding.values.get("fingerprint", "")
        if not fingerprint:
            return None
        accept = partial(self.bridge.desk.account_editing.set, "tunnel", {"host_key": fingerprint})
        return tr("Accept this server"), partial(self._do, accept)

    def _rules(self, _: Finding) -> Mending:
        return tr("Start with the shop's rules"), self.starter_rules_wanted.emit

    def _resume(self, finding: Finding) -> Mending:
        return tr("Resume it"), partial(
            self._do, partial(self.bridge.desk.account_editing.pause, finding.account, on=False)
        )

    def _secret(self, finding: Finding) -> Mending:
        app_secret = finding.values.get("name", "").replace(" ", "_").lower() in {"app_secret", "appsecret"}
        return tr("Enter it"), partial(
            self.go_to.emit, SetupFact.MINI_PROGRAM if app_secret else SetupFact.MESSAGE_PUSH
        )

    def _vault(self, finding: Finding) -> Mending:
        locked = finding.verdict is CheckVerdict.VAULT_LOCKED
        return tr("Unlock…") if locked else tr("Keep them in a vault…"), self.vault_wanted.emit

    def _card(self, fact: SetupFact, _: Finding) -> Mending:
        return tr("Enter the address"), partial(self.go_to.emit, fact)

    def _change(self, account: str, **keys: object) -> None:
        self._do(partial(self.bridge.desk.account_editing.change, account, **keys))

    def _do(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self.bridge.ask(work(), self._done)

    def _done(self, _: object) -> None:
        self.notices.toast(tr("It is changed"))
        self.mended.emit()

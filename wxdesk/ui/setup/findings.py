"""Outcome of a check: its sentence, the remedy, and the buttons that mend it."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.facts import SetupFact
from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.verdicts import CheckVerdict, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.setup.text import sentence_of, state_of
from wxdesk.ui.widgets.boxes import STRETCH, hbox, restyle, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

type Mending = tuple[str, Callable[[], None]]
"""The text of a button, and what it does."""


class FindingCard(QFrame):
    """One finding by icon, words and colour; hidden until there is one."""

    def __init__(self, parent: QWidget | None = None, *, framed: bool = True) -> None:
        super().__init__(parent)
        self._framed = framed
        self._then: Callable[[], None] | None = None
        self.finding: Finding | None = None
        self._icon = IconLabel("check", "accent", 20, self)
        self._icon.setFixedHeight(20)
        self.sentence = PlainLabel(strong=framed, wrap=True, parent=self)
        self.when = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.remedy = PlainLabel(role="secondary", wrap=True, parent=self)
        self.copy_button = CopyButton("", tr("what the remedy needs"), self)
        self.mend = Button(parent=self, then=self._mend)
        self.mend.setProperty("class", "small")
        head = hbox((self.sentence, 1), (self.when, Qt.AlignmentFlag.AlignTop), spacing=12)
        self._buttons = QWidget(self)
        hbox(self.mend, self.copy_button, STRETCH, within=self._buttons, spacing=8)
        words = vbox(head, self.remedy, self._buttons, spacing=6)
        margins = (14, 12, 14, 12) if framed else (0, 6, 0, 6)
        hbox((self._icon, Qt.AlignmentFlag.AlignTop), (words, 1), within=self, spacing=10, margins=margins)
        self.hide()

    def show_finding(self, finding: Finding | None, *, when: str = "", mending: Mending | None = None) -> None:
        """Show a finding, its time, and a button that mends it; None hides it all."""
        self.finding = finding
        self.setVisible(finding is not None)
        if finding is None:
            return
        look = state_of(finding)
        self._icon.show_icon(look.icon, look.role)
        self.sentence.setText(sentence_of(finding))
        self.when.show_if_any(when)
        done_by_button = mending is not None and finding.verdict in _BUTTON_IS_ALL
        self.remedy.show_if_any("" if done_by_button else sentences.remedy(finding))  # no commands for a terminal
        copied = sentences.copy(finding)
        self.copy_button.text_to_copy = copied
        self.copy_button.setText(tr("Copy {text}", text=copied) if len(copied) <= LONGEST_ON_BUTTON else tr("Copy"))
        self.copy_button.setVisible(bool(copied))
        word, self._then = mending or ("", None)
        self.mend.setText(word)
        self.mend.setVisible(bool(word))
        self._buttons.setVisible(bool(copied or word))
        self.setAccessibleName(f"{look.word}: {sentences.told(finding)}")
        self._dress(finding)

    def show_hint(self, finding: Finding) -> None:
        """Show what may be the cause, without a judgement."""
        self.show_finding(finding)
        self._icon.show_icon("question", "secondary")
        self.setAccessibleName(sentences.told(finding))

    def _dress(self, finding: Finding) -> None:
        if not self._framed:
            return
        gravity = finding.verdict.gravity
        dress = "failed" if gravity >= Gravity.FAILURE else "pending" if gravity is Gravity.WARNING else "well"
        restyle(self, "class", dress)

    def _mend(self) -> None:
        if self._then is not None:
            self._then()


_BUTTON_IS_ALL = (CheckVerdict.SECRET_MISSING, CheckVerdict.VAULT_LOCKED)

LONGEST_ON_BUTTON = 24
"""Characters of a value that a button shows beside “Copy”."""


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

    def __init__(self, bridge: WindowBridge, parent: QObject) -> None:
        super().__init__(parent)
        self.bridge = bridge

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
        self.bridge.notices.toast(tr("It is changed"))
        self.mended.emit()

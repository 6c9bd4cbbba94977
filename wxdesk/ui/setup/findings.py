"""Outcome of a check: its sentence, the remedy, and the buttons that mend it."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.account import PushMode
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.setup.text import sentence_of, state_of
from wxdesk.ui.widgets.boxes import AT_TOP, STRETCH, hbox, restyle, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, small_label

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
        self.when = small_label(tabular=True, parent=self)
        self.remedy = PlainLabel(role="secondary", wrap=True, parent=self)
        self.copy_button = CopyButton("", tr("what the remedy needs"), self)
        self.mend = Button(parent=self, then=self._mend)
        self.mend.setProperty("class", "small")
        head = hbox((self.sentence, 1), (self.when, AT_TOP), spacing=12)
        self._buttons = QWidget(self)
        hbox(self.mend, self.copy_button, STRETCH, within=self._buttons, spacing=8)
        words = vbox(head, self.remedy, self._buttons, spacing=6)
        margins = (14, 12, 14, 12) if framed else (0, 6, 0, 6)
        hbox((self._icon, AT_TOP), (words, 1), within=self, spacing=10, margins=margins)
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
        said = " ".join(copied.split())
        self.copy_button.setText(tr("Copy {text}", text=said) if len(said) <= LONGEST_ON_BUTTON else tr("Copy"))
        self.copy_button.setVisible(bool(copied))
        word, self._then = mending or ("", None)
        self.mend.setText(word)
        self.mend.setVisible(bool(word))
        self._buttons.setVisible(bool(copied or word))
        said = sentences.text(finding) if done_by_button else sentences.told(finding)
        self.setAccessibleName(f"{look.word}: {said}")
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


_BUTTON_IS_ALL = (CheckVerdict.SECRET_MISSING, CheckVerdict.VAULT_LOCKED, CheckVerdict.NO_RULES)

LONGEST_ON_BUTTON = 24
"""Characters of a value that a button shows beside “Copy”."""

_SAFE_MODES = frozenset({PushMode.SECURE, PushMode.COMPAT})
"""Modes that a button takes over: plain text is mended in the console instead."""


class Mender(QObject):
    """Offers the one button for a finding, and does it.

    `go_to` shows the card of a step, `look_again` what is the case once something was changed.

    Signals:
        starter_rules_wanted: take over the built-in rules.
        vault_wanted: ask for the vault's passphrase.
    """

    starter_rules_wanted = Signal()
    vault_wanted = Signal()

    def __init__(
        self, bridge: WindowBridge, parent: QObject, go_to: Callable[[Check], None], look_again: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self.bridge, self.go_to, self._look_again = bridge, go_to, look_again

    def offer(self, finding: Finding) -> Mending | None:
        """Return the button for a finding; None where only a person can mend it."""
        account, values, editing = finding.account, finding.values, self.bridge.desk.account_editing
        match finding.verdict:
            case CheckVerdict.ORIGINAL_ID_DIFFERS if right := values.get("original_id"):
                return tr("Correct it here"), partial(self._do, editing.change, account, original_id=right)
            case CheckVerdict.MODE_DIFFERS if (there := values.get("there")) in _SAFE_MODES:
                mode = PushMode(there)
                return tr("Use that mode here"), partial(self._do, editing.change, account, push_mode=mode)
            case CheckVerdict.TUNNEL_RENAMED | CheckVerdict.REDIRECT if url := sentences.copy(finding):
                return tr("Use the new address here"), partial(self._do, editing.set, "listener", {"public_url": url})
            case CheckVerdict.SSH_HOST_KEY_NEW | CheckVerdict.SSH_HOST_KEY_CHANGED if key := values.get("fingerprint"):
                return tr("Accept this server"), partial(self._do, editing.set, "tunnel", {"host_key": key})
            case CheckVerdict.ACCOUNT_PAUSED:
                return tr("Resume it"), partial(self._do, editing.pause, account, on=False)
        return self._offer_place(finding)

    def _offer_place(self, finding: Finding) -> Mending | None:
        """Return the button that leads to where a person mends it."""
        match finding.verdict:
            case CheckVerdict.APP_ID_DIFFERS:
                return tr("Look at the AppID"), partial(self.go_to, Check.API)
            case CheckVerdict.NO_PUBLIC_URL:
                return tr("Enter the address"), partial(self.go_to, Check.ADDRESS)
            case CheckVerdict.SECRET_MISSING:
                name = str(finding.values.get("name", "")).replace(" ", "_").lower()
                step = Check.API if name in {"app_secret", "appsecret"} else Check.SECRETS
                return tr("Enter it"), partial(self.go_to, step)
            case CheckVerdict.NO_RULES:
                return tr("Start with example rules"), self.starter_rules_wanted.emit
            case CheckVerdict.VAULT_LOCKED:
                return tr("Unlock…"), self.vault_wanted.emit
            case CheckVerdict.SECRET_IN_MEMORY | CheckVerdict.KEYCHAIN_UNUSABLE:
                return tr("Keep them in a vault…"), self.vault_wanted.emit
        return None

    def _do(self, command: Callable[..., Coroutine[Any, Any, object]], *values: object, **keys: object) -> None:
        self.bridge.ask(command(*values, **keys), self._done)

    def _done(self, _: object) -> None:
        self.bridge.notices.toast(tr("It is changed"))
        self._look_again()

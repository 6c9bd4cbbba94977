"""Base of the five cards: a fact, what was found about it, and the way on."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.account import Account
from wxdesk.core.model.operator import Role
from wxdesk.core.setup.facts import AccountSetup
from wxdesk.core.setup.findings import NOT_PROBED, Check, CheckVerdict, Finding
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.setup.findings import FindingCard, Mender
from wxdesk.ui.setup.text import checked_text, step_title
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, small_label
from wxdesk.ui.widgets.rights import Rights

WIDTH = 760
"""Widest card; longer lines are hard to read."""

ATTEMPTS = 5
"""Requests of WeChat that are shown or looked through, the latest."""


class SetupView(Struct, frozen=True):
    """All that the cards show at one moment.

    `account` is None while the first is being made. `push_url` is empty without a public address. `hints` are what may
    keep messages away although nothing of it can be seen from here.
    """

    account: Account | None = None
    setup: AccountSetup = AccountSetup("")
    reach: Finding = NOT_PROBED
    tunnel: Finding | None = None
    hints: tuple[Finding, ...] = ()
    push_url: str = ""
    has_app_secret: bool = False
    push_token: str = ""
    encoding_aes_key: str = ""

    @property
    def name(self) -> str:
        """The account's name; empty while the first is being made."""
        return self.account.name if self.account is not None else ""


class SetupCard(Frame):
    """One card. `body` is filled by each; the foot has the last check and the way on.

    Signals:
        done: go to the next card.
        added: an account of this name has been made.
        tried: a finding about values that are not stored yet.
    """

    done = Signal()
    added = Signal(str)
    tried = Signal(object)

    def __init__(self, fact: Check, sentence: str, mender: Mender, parent: QWidget) -> None:
        super().__init__("card", parent)
        self.setMaximumWidth(WIDTH)
        self.fact = fact
        self._mender = mender
        self._bridge = mender.bridge
        self.view = SetupView()
        self._asked: object = None  # last
        self.title = PlainLabel(step_title(fact), size=Size.PAGE, strong=True, parent=self)
        self.sentence = PlainLabel(sentence, role="secondary", wrap=True, parent=self)
        self.body = vbox(spacing=12)
        self.result = FindingCard(self)
        self.again = Button(tr("Check again"), icon="retry", parent=self, then=self.check)
        self.checked = small_label(tabular=True, elide=True, parent=self)
        self.go_on = Button(tr("Go on"), kind=ButtonKind.PRIMARY, parent=self, then=self.done)
        self.foot = hbox(self.again, self.checked, STRETCH, self.go_on, spacing=10)
        head = vbox(self.title, self.sentence, spacing=4)
        vbox(head, self.body, self.result, self.foot, within=self, spacing=12, margins=(24, 16, 24, 16))
        Rights(self._bridge, Role.OWNER, self)

    def show_view(self, view: SetupView) -> None:
        """Show the present state."""
        if view.name != self.view.name:
            self._turn()
        self.view = view
        self.show_result(self.finding)

    def _turn(self) -> None:
        """Forget what is about the account that was shown until now."""
        self._asked = None

    @property
    def finding(self) -> Finding:
        """The newest finding of this card's fact."""
        return self.view.setup.finding(self.fact)

    def show_result(self, finding: Finding) -> None:
        """Show a finding, unless nothing was checked yet."""
        known = finding.verdict is not CheckVerdict.UNKNOWN
        self.result.show_finding(finding if known else None, mending=self._mender.offer(finding))
        when, asking = checked_text(finding, self._bridge.desk.clock()), self._bridge.is_asking(self._asked)
        self.checked.setText(tr("Checking…") if asking else when if known else "")
        self.again.setEnabled(not asking)
        self.go_on.setEnabled(known and finding.ok and not asking)

    def begin(self) -> None:
        """Put the focus where one begins; called when the card comes to the front."""

    def check(self) -> None:
        """Check this fact again; the result comes as a change of the desk's state."""
        raise NotImplementedError

    def _newest(self) -> Coroutine[Any, Any, Sequence[Finding]] | None:
        """Ask for the account's latest requests, the newest first."""
        return self._bridge.desk.setup.attempts(self.view.name, ATTEMPTS) if self.view.name else None

    def ask[T](self, work: Coroutine[Any, Any, T], done: Callable[[T], None] | None = None) -> None:
        """Let the desk do it; the buttons are off meanwhile, and only its answer counts."""
        self._asked = object()
        self._bridge.ask(work, done, ended=self._release, once=self._asked, about=lambda: self._asked)
        self._release()

    def _release(self) -> None:
        self.show_view(self.view)

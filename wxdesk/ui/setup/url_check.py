"""Fourth card: waits for WeChat's check of the URL, and names what happened."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.i18n import tr
from wxdesk.ui.runtime.debounce import VisibleTick
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.setup.card import SetupCard, SetupView
from wxdesk.ui.setup.console import ConsolePaths, ConsoleValues
from wxdesk.ui.setup.findings import FindingCard, Mender
from wxdesk.ui.setup.text import PUSH_PATHS
from wxdesk.ui.widgets.boxes import extend, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, heading
from wxdesk.ui.wording.times import dated_time, time_left_text


class UrlCheckCard(SetupCard):
    """Says what to submit, then waits, with each of WeChat's attempts as it comes."""

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        sentence = tr("Enter these in WeChat's console, submit there, then press the button below. WeChat calls once.")
        super().__init__(Check.URL_CHECK, sentence, mender, parent)
        self.values = ConsoleValues(self)
        self.submitted = Button(tr("I have submitted it"), kind=ButtonKind.PRIMARY, parent=self, then=self.check)
        self.waiting = QWidget(self)
        self._wait = PlainLabel(role="pending", strong=True, tabular=True, wrap=True, parent=self.waiting)
        hbox(IconLabel("hourglass", "pending", 18), (self._wait, 1), within=self.waiting, spacing=8)
        self.attempts = AttemptList(mender, self)
        where = ConsolePaths(tr("Where to enter them; the administrator scans a code"), PUSH_PATHS, self)
        extend(self.body, self.waiting, self.attempts, self.values, where)
        self.foot.insertWidget(self.foot.count() - 1, self.submitted)
        self.again.hide()
        VisibleTick(self, self._show_wait)
        self._refresher = Refresher(mender.bridge, self._newest, self._show_attempts, self)

    def show_view(self, view: SetupView) -> None:
        """Show the values to submit, and how far it is."""
        self.values.show_view(view, no_url=tr("After step 3"))
        super().show_view(view)
        found = self.finding
        passed = found.verdict.gravity is Gravity.GOOD or found.verdict is CheckVerdict.CLOCK_SKEW
        passed = passed and not found.outdated
        self.go_on.setVisible(passed)
        self.submitted.setVisible(not passed)
        self.submitted.setEnabled(view.account is not None and bool(view.push_url))
        self._show_wait()
        self._refresher.ask()

    def _turn(self) -> None:
        super()._turn()
        self._refresher.turn()
        self.attempts.show_attempts(())

    def check(self) -> None:
        """Wait for WeChat, which has been asked in its console."""
        if self.view.name:
            self._bridge.ask(self._bridge.desk.setup.submitted(self.view.name, self.finding))

    def show_result(self, finding: Finding) -> None:
        """Show the finding, unless the newest attempt says the same."""
        super().show_result(finding)
        if self.attempts.newest is finding.verdict or finding.verdict is CheckVerdict.WAITING:
            self.result.hide()

    def _show_attempts(self, attempts: Sequence[Finding]) -> None:
        self.attempts.show_attempts(attempts)
        self._show_wait()
        self.show_result(self.finding)

    def _show_wait(self) -> None:
        since = self.finding.at if self.finding.verdict is CheckVerdict.WAITING else None
        self.waiting.setVisible(since is not None)
        again = since or self.attempts.newest
        self.submitted.setText(tr("I have submitted it again") if again else tr("I have submitted it"))
        if since is not None:
            elapsed = time_left_text(self._bridge.desk.clock() - since)
            words = tr("Waiting for WeChat: {elapsed}. It usually calls within a few seconds.", elapsed=elapsed)
            self._wait.setText(words)


class AttemptList(QWidget):
    """The last requests that came, newest first, each with its sentence and remedy."""

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        super().__init__(parent)
        self._mender = mender
        self._shown: tuple[Finding, ...] = ()
        self.title = heading(tr("Latest requests"), self)
        self._rows: QVBoxLayout = vbox(spacing=4)
        self.cards: list[FindingCard] = []
        vbox(self.title, self._rows, within=self, spacing=6)
        self.hide()

    @property
    def newest(self) -> CheckVerdict | None:
        """The verdict on the newest attempt; None without any."""
        return self._shown[0].verdict if self._shown else None

    def show_attempts(self, attempts: Sequence[Finding]) -> None:
        """Show these attempts."""
        self.setVisible(bool(attempts))
        if tuple(attempts) == self._shown:
            return
        self._shown = tuple(attempts)
        while len(self.cards) < len(attempts):
            self.cards.append(FindingCard(self, framed=False))
            self._rows.addWidget(self.cards[-1])
        now = self._mender.bridge.desk.clock()
        for index, card in enumerate(self.cards):
            found = attempts[index] if index < len(attempts) else None
            when = dated_time(found.at, now) if found is not None and found.at is not None else ""
            mending = self._mender.offer(found) if found is not None and index == 0 else None
            card.show_finding(found, when=when, mending=mending)

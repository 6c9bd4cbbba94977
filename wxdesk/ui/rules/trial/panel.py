"""Trial of a sentence against the rules, even an unsaved one; nothing is sent."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Rule
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.i18n import ntr, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.text import shortened, type_name
from wxdesk.ui.rules.trial.preview import WIDTH, TrialBubbles
from wxdesk.ui.rules.trial.scenario import TrialScenarioForm
from wxdesk.ui.rules.trial.sender import TrialSender
from wxdesk.ui.rules.trial.text import consequences_text, cost_of_trial, note_on_trial
from wxdesk.ui.rules.trial.verdicts import VerdictList
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, ColumnScroll, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.labels import heading, small_label
from wxdesk.ui.widgets.menu_button import SingleChoiceButton

SAMPLE_OPENID = "OPENID"
"""Placeholder for the customer's openid in requests."""

ROOM_FOR_BAR = 12
"""Pixels kept free at the edge, so that nothing moves when a scroll bar appears."""


class TrialPanel(Frame):
    """Panel with a sentence and its sender, the rules' verdicts, and the answer.

    Signals:
        tried: another message is tried now.
    """

    tried = Signal()

    def __init__(self, bridge: Bridge, album: Album, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__("side", parent)
        self._desk = bridge.desk
        self._source = ""
        self._instead: Rule | None = None
        self.setFixedWidth(WIDTH)
        self._later = Debounce(self.try_now, self)
        self._make_fields()
        self.writer = TrialSender(bridge, rules, self)
        self.around = TrialScenarioForm(bridge, rules, self)
        self._make_surroundings()
        self.verdicts = VerdictList(self)
        self.note = small_label(role="pending", wrap=True, parent=self)
        self.note.hide()
        self.bubbles = TrialBubbles(album, self)
        self._lay_out()
        self._show_nothing()

    def _make_fields(self) -> None:
        self.sentence = QLineEdit(self, placeholderText=tr("What a customer might write"))
        self.sentence.setProperty("class", "search")
        self.sentence.setAccessibleName(tr("Sentence to try"))
        self.sentence.textChanged.connect(self._later.start)
        kinds = [(kind, type_name(kind)) for kind in MessageType]
        self.kind = SingleChoiceButton(kinds, tr("Kind of message"), self)
        self.kind.chosen.connect(self._kind_chosen)
        self.source = QLineEdit(self, placeholderText="session_from")
        self.source.setAccessibleName(tr("session_from in this trial"))
        self.source.textChanged.connect(self._later.start)
        self.source.hide()
        self.close_button = SmallButton("close", tr("Close"), self)
        self.close_button.hide()

    def _make_surroundings(self) -> None:
        self.writer.name.textEdited.connect(self._later.start)
        self.writer.chosen.connect(self._chosen)
        self.writer.refreshed.connect(partial(self._fill, afresh=False))
        self.around.hide()
        self.around.changed.connect(self._supposed)
        self.more = Button(tr("Circumstances"), kind=ButtonKind.LINK, parent=self)
        self.more.setCheckable(True)
        self.more.toggled.connect(self.around.setVisible)

    def _lay_out(self) -> None:
        head = hbox(heading(tr("Try it: which rule answers?"), self), STRETCH, self.close_button, ROOM_FOR_BAR)
        who = hbox(self.kind, small_label(tr("sent by"), parent=self), (self.writer.name, 1), spacing=8)
        inside = Frame("flat", self)
        asked = self.sentence, who, self.source, self.writer, (self.more, AT_LEFT), self.around
        found = 2, self.note, self.verdicts, 4, heading(tr("The customer would see"), self), self.bubbles
        vbox(*asked, *found, STRETCH, spacing=8, margins=(0, 0, ROOM_FOR_BAR, 0), within=inside)
        scroll = ColumnScroll(self, inside)
        scroll.viewport().setAutoFillBackground(False)
        scroll.verticalScrollBar().valueChanged.connect(self.writer.close_picker)  # the field moves away from it
        self.line = Frame("line", self)  # below the preview
        self.above = vbox(self.line, spacing=12, margins=(0, 0, ROOM_FOR_BAR, 0))
        vbox(self.above, head, (scroll, 1), spacing=8, margins=(16, 16, 16 - ROOM_FOR_BAR, 16), within=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.close_button.isVisible():
            self.close_button.click()
        else:
            super().keyPressEvent(event)

    def try_with(self, instead: Rule | None) -> None:
        """Try with `instead` in place of the stored rule of its id; None: only stored."""
        self._instead = instead
        self._later.start()

    def try_as(self, conversation_id: int, sentence: str) -> None:
        """Try `sentence` as the next message of this conversation's customer."""
        self.kind.set_value(MessageType.TEXT)
        self._kind_chosen()
        self.sentence.setText(sentence)
        self.writer.choose(conversation_id)

    def _kind_chosen(self) -> None:
        self.source.setVisible(self.kind.value is MessageType.ENTER_SESSION)
        self.sentence.setEnabled(self.kind.value.has_words)
        is_card = self.kind.value is MessageType.CARD
        self.sentence.setPlaceholderText(tr("The card's title") if is_card else tr("What a customer might write"))
        self.around.show_kind(self.kind.value)
        self._later.start()

    def _chosen(self) -> None:
        known = self.writer.known
        if self.source.text() == self._source:  # not one that somebody has typed
            self.source.setText(known.conversation.session_from if known else "")
        self._source = known.conversation.session_from if known else ""
        self._fill(afresh=True)

    def _fill(self, *, afresh: bool) -> None:
        self.around.fill(self.writer.known, self._desk.presence.now.who, self._desk.clock(), afresh=afresh)

    def _supposed(self) -> None:
        otherwise = self.around.otherwise()
        self.writer.say_changed(otherwise)
        count = ntr("Circumstances · {n} set", "Circumstances · {n} set", len(otherwise))
        self.more.setText(count if otherwise else tr("Circumstances"))
        self._later.start()

    def message(self) -> TrialMessage:
        """Return the message that is tried."""
        kind = self.kind.value
        source = self.source.text() if kind is MessageType.ENTER_SESSION else None
        return TrialMessage(self.sentence.text(), kind, source, self.writer.alias, around=self.around.supposed())

    def try_now(self) -> None:
        """Run the trial now."""
        self.tried.emit()
        asked = self.message()
        if asked.on is MessageType.TEXT and not asked.sentence.strip():
            self._show_nothing()
            return
        instead = self._instead
        broken = instead is not None and self._desk.rules.rulebook.judge.fault_in(instead) is not None
        trial = self._desk.rules.trials.try_message(asked, instead=None if broken else instead)
        note, role = note_on_trial(trial, instead, broken=broken)
        self.note.show_if_any(note)
        self.note.set_role(role)
        self.verdicts.show_verdicts(trial.answer.verdicts, trial.answer.matching.rules_left)
        self.verdicts.show()
        beside = consequences_text(trial) if trial.asked else ""
        self.bubbles.show_answer(self._tried_text(asked.on), trial.contents, beside)
        self.bubbles.cost.setText(cost_of_trial(trial))
        self.bubbles.show_bodies([self._desk.body_of(SAMPLE_OPENID, content) for content in trial.leaving])

    def _show_nothing(self) -> None:
        self.note.hide()
        self.verdicts.show_verdicts((), 0)
        self.verdicts.hide()
        self.bubbles.show_answer("", (), tr("Write a sentence above to see which rule answers it. Nothing is sent."))
        self.bubbles.cost.setText("")
        self.bubbles.show_bodies([])

    def _tried_text(self, kind: MessageType) -> str:
        """Return the message as it is shown above its answer."""
        words = shortened(self.sentence.text()) if kind.has_words else ""
        return words if kind is MessageType.TEXT else f"[{type_name(kind)}] {words}".strip()

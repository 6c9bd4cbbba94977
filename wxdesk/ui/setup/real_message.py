"""Last card: a message from a real phone, kept and answered by a rule."""

from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from wxdesk.core.events import DecisionMade, Event, MessageKept, ReplyChanged
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.conversations.inbox_queries import ConversationSnapshot
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.setup.card import SetupCard, SetupView
from wxdesk.ui.setup.findings import FindingCard, Mender
from wxdesk.ui.setup.text import step_title
from wxdesk.ui.widgets.boxes import AT_LEFT, Frame, extend, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, small_label
from wxdesk.ui.wording.messages import author_word, kind_text, name_of, readable
from wxdesk.ui.wording.reply_status import status_of_reply


class RealMessageCard(SetupCard):
    """Done only by a push that a rule has answered; until then names what is missing.

    `go_on` leads to the conversations then, `review` to the rules.
    """

    def __init__(self, mender: Mender, parent: QWidget) -> None:
        super().__init__(Check.MESSAGE, _what_to_do(), mender, parent)
        self._conversation: int | None = None
        self.missing = Button(kind=ButtonKind.LINK, parent=self, then=self._go_to_missing)
        self.rules = FindingCard(self)
        self.exchange = Exchange(self)
        self.hints = HintList(self)
        self.note = FindingCard(self)
        extend(self.body, self.rules, self.exchange, self.note, self.hints)
        self.review = Button(tr("Look through the rules"), parent=self)
        for place, button in ((2, self.missing), (4, self.review)):
            self.foot.insertWidget(place, button)
        self.again.hide()
        self.go_on.setText(tr("Open the inbox"))
        self.go_on.clicked.disconnect(self.done)
        mender.bridge.events.connect(self._on_events)
        self._snapshots = Refresher(mender.bridge, self._question, self._show_exchange, self)
        self._attempts = Refresher(mender.bridge, self._newest, self._show_newest, self)

    def show_view(self, view: SetupView) -> None:
        """Show which fact is missing still, or that a real message was answered."""
        super().show_view(view)
        missing = view.setup.missing if view.account is not None else Check.API
        elsewhere = missing is not None and missing is not self.fact
        self.missing.setVisible(elsewhere)
        self.checked.setHidden(elsewhere)  # a narrow card has no room for both
        self.missing.setText(tr("First: {step}", step=step_title(missing)) if missing is not None else "")
        self.title.setText(tr("Your customers are answered") if missing is None else step_title(self.fact))
        done = tr("A rule has answered a message from a phone. Now make the rules say what is true of your shop.")
        self.sentence.setText(done if missing is None else _what_to_do())
        # That there are no rules is said above, by `rules`.
        self.result.setVisible(missing is not None and self.finding.verdict is not CheckVerdict.NO_RULES)
        self.go_on.setEnabled(missing is None)
        self.review.setVisible(missing is None)
        self.hints.show_hints(view.hints)
        none = Finding(Check.RULES, CheckVerdict.NO_RULES)
        has_rules = bool(self._bridge.desk.rules.rulebook.stored)
        self.rules.show_finding(None if has_rules else none, mending=self._mender.offer(none))
        self._attempts.ask()

    def _turn(self) -> None:
        super()._turn()
        self._conversation = None
        self._attempts.turn()
        for about in (self.exchange, self.note):
            about.hide()

    def show_result(self, finding: Finding) -> None:
        """Show that a message is awaited, or what came of it."""
        super().show_result(finding)
        if finding.verdict is CheckVerdict.UNKNOWN:
            waiting = Finding(finding.check, CheckVerdict.WAITING, finding.account)
            self.result.show_finding(waiting)

    def begin(self) -> None:
        """Look what is in the store already, once."""
        if self.view.name and self.finding.verdict is CheckVerdict.UNKNOWN:
            self._bridge.ask(self._bridge.desk.setup.check_all(self.view.name), once=self)

    def _on_events(self, events: Sequence[Event]) -> None:
        """Follow the conversation in which a customer has just written."""
        heard = [event for event in events if isinstance(event, MessageKept | DecisionMade | ReplyChanged)]
        if heard and self.isVisible():
            self._conversation = heard[-1].conversation_id
            self._snapshots.ask_soon()
            self._attempts.ask_soon()

    def _question(self) -> Coroutine[Any, Any, ConversationSnapshot] | None:
        return None if self._conversation is None else self._bridge.desk.timeline.snapshot(self._conversation)

    def _show_newest(self, attempts: Sequence[Finding]) -> None:
        """Show a warning about the last request, such as another original id."""
        newest = next((one for one in attempts if one.check is not Check.MESSAGE), None)
        right = newest.values.get("original_id") if newest is not None else None
        corrected = right and self.view.account is not None and self.view.account.original_id == right
        if newest is None or newest.verdict.gravity is not Gravity.WARNING or corrected:
            self.note.show_finding(None)
        else:
            self.note.show_finding(newest, mending=self._mender.offer(newest))

    def _show_exchange(self, snapshot: ConversationSnapshot) -> None:
        conversation = snapshot.row.conversation
        if conversation.account != self.view.name:
            return
        items = snapshot.items
        message = next((item for item in reversed(items) if isinstance(item, Message)), None)
        answers = [item for item in items if isinstance(item, Reply) and message is not None and item.at >= message.at]
        now = self._bridge.desk.clock()
        self.exchange.show_exchange(
            name_of(conversation.contact),
            "" if message is None else readable(message.text) or kind_text(message.kind),
            [_answer_text(reply, now) for reply in answers],
        )

    def _go_to_missing(self) -> None:
        self._mender.go_to(self.view.setup.missing or Check.API)


def _answer_text(reply: Reply, now: datetime) -> str:
    return f"{author_word(reply)} · {status_of_reply(reply, now).text} · {reply.content.summary}"


def _what_to_do() -> str:
    return tr("Open the mini program on a phone, press its service button, and send a word that a rule answers.")


class HintList(QWidget):
    """Causes that only WeChat's console shows, for whom nothing arrives."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.open = Button(tr("Nothing arrives?"), kind=ButtonKind.LINK, parent=self, then=self._turn)
        self._box = QWidget(self)
        self._rows = vbox(within=self._box, spacing=4)
        self.cards: list[FindingCard] = []
        self._box.hide()
        vbox((self.open, AT_LEFT), self._box, within=self, spacing=4)

    def show_hints(self, hints: Sequence[Finding]) -> None:
        """Offer these causes; hidden without any."""
        self.setVisible(bool(hints))
        while len(self.cards) < len(hints):
            self.cards.append(FindingCard(self._box, framed=False))
            self._rows.addWidget(self.cards[-1])
        for card, hint in zip(self.cards, hints, strict=False):
            card.show_hint(hint)

    def _turn(self) -> None:
        self._box.setVisible(self._box.isHidden())


class Exchange(Frame):
    """A message as it arrived, and the rule that answered it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("well", parent)
        self._who = small_label(elide=True, parent=self)
        self.message = PlainLabel(size=Size.MESSAGE, wrap=True, parent=self)
        self.answers = PlainLabel(role="accent", wrap=True, parent=self)
        answer = hbox(IconLabel("rules", "accent", 16, self), (self.answers, 1), spacing=6)
        vbox(self._who, self.message, answer, within=self, spacing=6, margins=(14, 10, 14, 12))
        self.hide()

    def show_exchange(self, who: str, message: str, answers: Sequence[str]) -> None:
        """Show what arrived, and the replies to it."""
        self._who.setText(tr("{name} writes", name=who))
        self.message.setText(message)
        self.answers.setText("\n".join(answers) or tr("No rule has answered yet."))
        self.answers.set_role("accent" if answers else "secondary")
        self.show()

"""Bubbles as the customer would see them: of a trial, and of the edited rule."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from wxdesk.core.content.variables import byte_count
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, Action, ActionKind, Rule
from wxdesk.core.rules.faults import RuleFault
from wxdesk.desk.rules.trial.example import ActionExample, RuleExample, RuleExamples
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.i18n import ntr, number_text, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.pieces import Paragraph
from wxdesk.ui.content.preview import ContentPreview, cost_text
from wxdesk.ui.editing.wordings import variant_name
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.rules.editor.editor import is_unfinished
from wxdesk.ui.rules.text import shortened, type_name
from wxdesk.ui.widgets.boxes import AT_LEFT, STRETCH, ColumnScroll, Frame, remove_widgets, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import heading, small_label
from wxdesk.ui.widgets.painting import Surface
from wxdesk.ui.wording.actions import action_name, action_text

WIDTH = 300
"""Pixels of the whole panel of a trial."""

WIDEST_IN_TRIAL = WIDTH - 2 * 16 - 2 * 12 - 8
"""Pixels of a bubble there."""

BODIES = 120


class Bubbles(Surface):
    """Bubbles below each other, with lines of words between; `texts` has all of them."""

    def __init__(self, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._album = album
        self.lines = vbox(spacing=8, margins=(12, 12, 12, 12), within=self)
        self.texts: list[str] = []
        self.bubbles: list[ContentPreview] = []

    def clear(self) -> None:
        """Remove all."""
        remove_widgets(self.lines)
        self.texts.clear()
        self.bubbles.clear()

    def ask(self, message: str) -> None:
        """Add the customer's message, at the left."""
        bubble = ContentPreview(self._album, self, fill="panel")
        bubble.show_pieces((Paragraph(message),))
        self._add(bubble, message, AT_LEFT)

    def answer(self, content: Content, name: str) -> None:
        """Add what the customer gets, at the right; `name` stands for what has no words."""
        bubble = ContentPreview(self._album, self, fill="accent_tint", line="")
        bubble.show_content(content)
        self._add(bubble, content.text or content.title or name, Qt.AlignmentFlag.AlignRight)

    def say(self, text: str, role: str = "secondary") -> None:
        """Add a line about what is no bubble."""
        self.texts.append(text)
        label = small_label(text, role=role, wrap=True, parent=self)
        self.lines.addWidget(label)
        label.show()

    def fit_width(self, widest: int) -> None:
        """Let no bubble be wider than so many pixels."""
        for bubble in self.bubbles:
            bubble.fit_width(widest)

    def _add(self, bubble: ContentPreview, text: str, side: Qt.AlignmentFlag) -> None:
        self.texts.append(text)
        self.bubbles.append(bubble)
        self.lines.addWidget(bubble, 0, side)
        bubble.show()


class TrialBubbles(QWidget):
    """Bubbles of the tried message and its answer, as the customer would see them."""

    def __init__(self, album: Album, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the customer would see"))
        self._chat = Bubbles(album, self)
        self.texts = self._chat.texts
        self.cost = small_label(wrap=True, parent=self)
        self.open = Button(tr("What leaves, byte for byte"), kind=ButtonKind.LINK, parent=self)
        self.open.setCheckable(True)
        self.bodies = QPlainTextEdit(self, readOnly=True, tabChangesFocus=True)
        self.bodies.setProperty("class", "well")
        self.bodies.setAccessibleName(tr("What leaves, byte for byte"))
        self.bodies.setFont(font(Size.SMALL))
        self.bodies.setFixedHeight(BODIES)
        self.open.toggled.connect(self._show_bodies)
        vbox(self._chat, self.cost, (self.open, AT_LEFT), self.bodies, STRETCH, spacing=8, within=self)
        self.show_bodies([])

    def show_answer(self, asked: str, contents: tuple[Content, ...], beside: str) -> None:
        """Show the message, the answers, and a sentence on what is no answer."""
        self._chat.clear()
        if asked:
            self._chat.ask(asked)
        for content in contents:
            self._chat.answer(content, content.media_id)
        if beside:
            self._chat.say(beside)
        self._chat.fit_width(WIDEST_IN_TRIAL)

    def show_bodies(self, bodies: Sequence[bytes]) -> None:
        """Offer the requests that WeChat would get, each with its size in bytes."""
        parts = [
            "\n".join((ntr("{n} byte", "{n} bytes", len(body)), body.decode("utf-8", "replace"))) for body in bodies
        ]
        self.bodies.setPlainText("\n\n".join(parts))
        self._show_bodies()

    def _show_bodies(self) -> None:
        there = bool(self.bodies.toPlainText())
        self.open.setVisible(there)
        self.bodies.setVisible(there and self.open.isChecked())


NARROWEST, WIDEST, SHARE = 236, 420, 0.7
"""A bubble is as wide as that share of the room, within these bounds."""

MIN_HEIGHT = 84
"""Smallest height of the bubbles, in pixels."""


class RulePreview(Frame):
    """Preview of an edited rule's answer, with texts for what cannot be shown.

    It is as high as its bubbles, up to `most` pixels; from there on they scroll.
    """

    def __init__(self, examples: RuleExamples, album: Album, parent: QWidget | None = None) -> None:
        super().__init__("flat", parent)
        self._examples = examples
        self._most = MIN_HEIGHT
        self.note = small_label(wrap=True, parent=self)
        self.cost = small_label(wrap=True, parent=self)
        self._chat = Bubbles(album)
        self.texts, self.bubbles = self._chat.texts, self._chat.bubbles
        self._scroll = ColumnScroll(self, self._chat)
        self._chat.installEventFilter(self)
        self._scroll.viewport().setAutoFillBackground(False)
        title = heading(tr("What this rule says"), self)
        vbox(title, self.note, self._scroll, self.cost, spacing=6, within=self)

    def show_rule(self, rule: Rule, faults: Sequence[RuleFault], tried: TrialMessage) -> None:
        """Show the answer of `rule`, with its `faults`, to `tried` or one of its keywords."""
        example = self._examples.of(rule, tried)
        self.note.setText(_note(example, tried))
        self._chat.clear()
        for fault in faults:
            if fault.where[0] != "then" and not is_unfinished(fault, rule):
                self._chat.say(tr("It cannot answer like this: {reason}", reason=tr(fault.reason)), "failed")
        for place, action in enumerate(rule.then):
            mine = [fault for fault in faults if fault.where[:2] == ("then", place)]
            self._show_action(rule, action, mine, [one for one in example.spoken if one.action == place])
        for fault in faults:
            if fault.where == ("then",) and rule.then:
                self._chat.say(tr(fault.reason), "failed")
        if not self.texts:
            self._chat.say(tr("What the customer gets appears here as you write it."))
        cost = _cost(example.spoken)
        self.cost.show_if_any(cost)
        self.setAccessibleName(tr("What this rule says") + ": " + "\n".join(self.texts))
        self._fit()

    def set_most(self, most: int) -> None:
        """Limit the height of the bubbles to `most` pixels."""
        self._most = max(most, MIN_HEIGHT)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapt the bubbles: they break elsewhere at another width."""
        super().resizeEvent(event)
        self._fit()

    # -- what stands there

    def _show_action(
        self, rule: Rule, action: Action, faults: Sequence[RuleFault], spoken: Sequence[ActionExample]
    ) -> None:
        if action.kind not in SENDING_ACTIONS:
            self._chat.say(action_text(action))
            return
        wrong = [fault for fault in faults if not fault.template_line and not is_unfinished(fault, rule)]
        if any(is_unfinished(fault, rule) for fault in faults):
            return
        if wrong and action.kind is not ActionKind.REPLY:
            self._chat.say(f"{action_name(action.kind)}: {tr(wrong[0].reason)}", "failed")
            return
        for one in spoken:
            self._show_wording(action, one)

    def _show_wording(self, action: Action, one: ActionExample) -> None:
        if one.wordings > 1 and not one.wording and action.kind is ActionKind.REPLY:
            self._chat.say(tr("{n} wordings, {how}", n=one.wordings, how=variant_name(action.variant)))
        for content in one.contents:
            self._chat.answer(content, action_name(action.kind))
        if one.problem:
            self._chat.say(one.problem, "failed")

    def _fit(self) -> None:
        widest = min(max(round(self._scroll.viewport().width() * SHARE), NARROWEST), WIDEST)
        self._chat.fit_width(widest)
        height = self._chat.lines.totalHeightForWidth(self._scroll.viewport().width())
        height = max(height, self._chat.lines.totalMinimumSize().height())
        self._chat.setMinimumHeight(height)  # else the bubbles would be squeezed into what is in sight
        self._scroll.setFixedHeight(min(height, self._most))


def _note(example: RuleExample, tried: TrialMessage) -> str:
    if example.answers is None:
        return tr("With example values. What nobody knows yet is in ‹ ›.")
    if tried.on is not MessageType.TEXT:
        return tr("To what you try: {what}", what=type_name(tried.on))
    return tr("To the sentence that you try: “{text}”", text=shortened(tried.sentence))


def _cost(spoken: Sequence[ActionExample]) -> str:
    """Return the size of the texts, and the most replies that they take, in words."""
    actions = {one.action for one in spoken}
    takes = sum(max(len(one.contents) for one in spoken if one.action == action) for action in actions)
    sizes = [byte_count(content.text) for one in spoken for content in one.contents if content.kind is ReplyKind.TEXT]
    return cost_text(takes, number_text(max(sizes)) if sizes else "") if takes else ""

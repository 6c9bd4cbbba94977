"""Live bubbles of the edited rule, whichever rule answers the tried sentence."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.content.variables import byte_count
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, Action, ActionKind, Rule
from wxdesk.core.rules.faults import RuleFault
from wxdesk.desk.rules.trial.example import ActionExample, RuleExample, RuleExamples
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.i18n import number_text, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.preview import ContentPreview, cost_text
from wxdesk.ui.editing.wordings import variant_name
from wxdesk.ui.look.theme import Size
from wxdesk.ui.rules.editor.editor import is_unfinished
from wxdesk.ui.rules.text import shortened, type_name
from wxdesk.ui.widgets.boxes import ColumnScroll, Frame, remove_widgets, vbox
from wxdesk.ui.widgets.labels import PlainLabel, heading
from wxdesk.ui.widgets.painting import Surface
from wxdesk.ui.wording.actions import action_name, action_text

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
        self._album = album
        self._most = MIN_HEIGHT
        self.texts: list[str] = []
        self.bubbles: list[ContentPreview] = []
        self.note = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        self.cost = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        self._chat = Surface()
        self._lines = vbox(spacing=8, margins=(12, 12, 12, 12), within=self._chat)
        self._chat.installEventFilter(self)
        self._scroll = ColumnScroll(self)
        self._scroll.setWidget(self._chat)
        self._scroll.viewport().setAutoFillBackground(False)
        title = heading(tr("What this rule says"), self)
        vbox(title, self.note, self._scroll, self.cost, spacing=6, within=self)

    def show_rule(self, rule: Rule, faults: Sequence[RuleFault], tried: TrialMessage) -> None:
        """Show the answer of `rule`, with its `faults`, to `tried` or one of its keywords."""
        example = self._examples.of(rule, tried)
        self.note.setText(_note(example, tried))
        self.texts, self.bubbles = [], []
        remove_widgets(self._lines)
        for fault in faults:
            if fault.where[0] != "then" and not is_unfinished(fault, rule):
                self._add_line(tr("It cannot answer like this: {reason}", reason=tr(fault.reason)), "failed")
        for place, action in enumerate(rule.then):
            mine = [fault for fault in faults if fault.where[:2] == ("then", place)]
            self._show_action(rule, action, mine, [one for one in example.spoken if one.action == place])
        for fault in faults:
            if fault.where == ("then",) and rule.then:
                self._add_line(tr(fault.reason), "failed")
        if not self.texts:
            self._add_line(tr("What the customer gets appears here as you write it."), "secondary")
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
            self._add_line(action_text(action), "secondary")
            return
        wrong = [fault for fault in faults if not fault.template_line and not is_unfinished(fault, rule)]
        if any(is_unfinished(fault, rule) for fault in faults):
            return
        if wrong and action.kind is not ActionKind.REPLY:
            self._add_line(f"{action_name(action.kind)}: {tr(wrong[0].reason)}", "failed")
            return
        for one in spoken:
            self._show_wording(action, one)

    def _show_wording(self, action: Action, one: ActionExample) -> None:
        if one.wordings > 1 and not one.wording and action.kind is ActionKind.REPLY:
            self._add_line(tr("{n} wordings, {how}", n=one.wordings, how=variant_name(action.variant)), "secondary")
        for content in one.contents:
            bubble = ContentPreview(self._album, self._chat, fill="accent_tint", line="")
            bubble.show_content(content)
            self.bubbles.append(bubble)
            self.texts.append(content.text or content.title or action_name(action.kind))
            self._lines.addWidget(bubble, 0, Qt.AlignmentFlag.AlignRight)
            bubble.show()
        if one.problem:
            self._add_line(one.problem, "failed")

    def _add_line(self, text: str, role: str) -> None:
        self.texts.append(text)
        label = PlainLabel(text, size=Size.SMALL, role=role, wrap=True, parent=self._chat)
        self._lines.addWidget(label)
        label.show()

    def _fit(self) -> None:
        widest = min(max(round(self._scroll.viewport().width() * SHARE), NARROWEST), WIDEST)
        for bubble in self.bubbles:
            bubble.fit_width(widest)
        height = self._lines.totalHeightForWidth(self._scroll.viewport().width())
        height = max(height, self._lines.totalMinimumSize().height())
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

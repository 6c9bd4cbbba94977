"""Cards of the insights page, filled with the statistics."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QLayout, QWidget

from wxdesk.core.model.statistics import Figures, RuleHits
from wxdesk.i18n import ntr, number_text, tr
from wxdesk.ui.insights.board import Board, CardPlace
from wxdesk.ui.insights.chart import HeatMap, HourlyBars, heat_colour
from wxdesk.ui.insights.ranking import Ranked, RankList
from wxdesk.ui.insights.text import NONE, messages_text, rule_note, share_text, undelivered_text, wait_text
from wxdesk.ui.look.theme import Size, color_of
from wxdesk.ui.widgets.boxes import STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel, heading, small_label
from wxdesk.ui.widgets.painting import painting

RULES_SHOWN = 8

HEAD = 24
"""Height of a card's title, with a button beside it or none."""

LONG_WAIT = timedelta(minutes=10)
"""Waiting time above which a human's answer is coloured as late."""


class Sections:
    """The cards, by topic."""

    def __init__(self) -> None:
        self.messages = FigureCard(tr("Messages"))
        self.by_rule = FigureCard(tr("Answered by rules"))
        self.first_response = FigureCard(tr("First response"))
        self.human_wait = FigureCard(tr("Waiting for you"))
        self.unanswered = FigureCard(tr("Not answered"))
        self.bars = HourlyBars()
        self.heat_map = HeatMap()
        self.rules = RankList(tr("Rules"))
        self.unmatched = RankList(tr("Unmatched"))
        self.write_rules = Button(tr("Write rules for them"), kind=ButtonKind.LINK)
        self.undelivered = RankList(tr("Not delivered"))
        legend = colour_legend(
            (tr("Rules"), "accent_fill", "accent"),
            (tr("By hand"), "human", "secondary"),
            (tr("Handed over"), "faint", "secondary"),
            (tr("Not answered"), "pending_line", "pending"),
        )
        self._bars = SectionCard(tr("By hour"), self.bars, aside=legend)
        self._heat_map = SectionCard(tr("By weekday and hour"), self.heat_map, aside=heat_scale())
        self._rules = SectionCard(tr("Rules"), self.rules, tr("No rule has answered in this time."))
        unmatched = tr("Nothing was unmatched in this time.")
        self._unmatched = SectionCard(tr("Unmatched"), self.unmatched, unmatched, hbox(self.write_rules))
        self._undelivered = SectionCard(tr("Not delivered"), self.undelivered, tr("Everything that left was accepted."))

    def place_on(self, board: Board) -> None:
        """Put the cards in their rows."""
        figures = (self.messages, self.by_rule, self.first_response, self.human_wait, self.unanswered)
        board.add_line(*(CardPlace(card, 1, 184) for card in figures))
        board.add_line(CardPlace(self._bars, 5, 480), CardPlace(self._heat_map, 3, 400))
        board.add_line(
            CardPlace(self._rules, 4, 360), CardPlace(self._unmatched, 3, 280), CardPlace(self._undelivered, 3, 260)
        )

    def show_figures(self, figures: Figures, compared: str, *, all_of_them: bool = True) -> None:
        """Show these statistics; shares only if they are of `all_of_them`."""
        self.messages.show_figure(number_text(figures.messages.total), compared)
        self._show_shares(figures, all_of_them=all_of_them)
        self._show_waits(figures)
        self.bars.show_hours(figures.hours)
        self.heat_map.show_week(figures.week)
        self._heat_map.sentence.show_if_any(self.heat_map.summary())
        self.rules.show_rows(_ranked_rules(figures.rules))
        self._rules.show_empty(not figures.rules)
        self.unmatched.show_rows([Ranked(row.text, row.count) for row in figures.unmatched])
        self._unmatched.show_empty(not figures.unmatched)
        self.write_rules.setVisible(bool(figures.unmatched))
        self.undelivered.show_rows([Ranked(undelivered_text(row), row.count) for row in figures.undelivered])
        self._undelivered.show_empty(not figures.undelivered)

    def _show_shares(self, figures: Figures, *, all_of_them: bool) -> None:
        counts = figures.messages
        by_rule = messages_text(counts.by_rule)
        if figures.corrected:
            by_rule = tr("{messages}, {n} corrected", messages=by_rule, n=figures.corrected)
        self.by_rule.show_figure(share_text(counts.by_rule, counts.total if all_of_them else 0), by_rule)
        rules, hand = number_text(figures.sent_by_rule), number_text(figures.sent_by_operator)
        sent = tr("Sent: {rules} by rules, {hand} by hand", rules=rules, hand=hand)
        counted = tr("Messages, by who answered first or resolved them.")
        self._bars.sentence.show_if_any(tr("{said} {more}", said=counted, more=sent))
        if not all_of_them:
            self.unanswered.show_figure(NONE, "")
        elif counts.unanswered:
            one, more = "message that nobody has answered yet", "messages that nobody has answered yet"
            self.unanswered.show_figure(number_text(counts.unanswered), ntr(one, more, counts.unanswered), "failed")
        else:
            elsewhere = tr("{n} handed over to WeChat's own tool", n=counts.handed_over) if counts.handed_over else ""
            self.unanswered.show_figure("0", elsewhere or tr("every message was answered"))

    def _show_waits(self, figures: Figures) -> None:
        first, human = figures.first_response, figures.human_wait
        within = tr("median · 90% within {wait}", wait=wait_text(first.ninetieth)) if first.count else ""
        self.first_response.show_figure(wait_text(first.median), within or tr("no reply yet"))
        waits = ntr("{n} customer waits now", "{n} customers wait now", figures.waiting) if figures.waiting else ""
        if human.longest is None:
            self.human_wait.show_figure(wait_text(None), waits or tr("nobody had to wait"))
            return
        role = "pending" if human.longest >= LONG_WAIT else "secondary"
        longest = tr("median · longest {wait}", wait=wait_text(human.longest))
        self.human_wait.show_figure(wait_text(human.median), " · ".join(filter(None, (longest, waits))), role)


def _ranked_rules(rules: tuple[RuleHits, ...]) -> list[Ranked]:
    most = max((rule.hits for rule in rules), default=1)
    return [
        Ranked(rule.name, rule.hits, rule.hits / most, rule_note(rule), "pending" if rule.corrected else "faint")
        for rule in rules[:RULES_SHOWN]
    ]


class FigureCard(Frame):
    """Card with a title, a figure and a note."""

    def __init__(self, word: str) -> None:
        super().__init__("card")
        self._word = word
        self.figure = PlainLabel(size=Size.FIGURE, strong=True, tabular=True, elide=True)
        self.note = small_label(wrap=True)
        title = small_label(word, elide=True)
        vbox(title, self.figure, self.note, STRETCH, within=self, spacing=4, margins=(16, 14, 16, 14))

    def show_figure(self, figure: str, note: str, role: str = "secondary") -> None:
        """Show a figure and its note."""
        self.figure.setText(figure)
        self.note.setText(note or " ")
        self.note.set_role(role)
        self.setAccessibleName(f"{self._word}: {figure}")
        self.setAccessibleDescription(note)


class SectionCard(Frame):
    """Card with heading, optional legend, and content or a sentence in its place."""

    def __init__(self, title: str, content: QWidget, empty: str = "", aside: QLayout | None = None) -> None:
        super().__init__("card")
        self._content = content
        self.sentence = small_label(empty, wrap=True)
        head = hbox(heading(title), aside, STRETCH, spacing=12)
        head.addStrut(HEAD)
        vbox(head, content, self.sentence, STRETCH, within=self, spacing=8, margins=(16, 13, 16, 14))
        self.show_empty(False)

    def show_empty(self, empty: bool) -> None:
        """Show the sentence instead of the content."""
        self._content.setVisible(not empty)
        self.sentence.setVisible(empty)


def colour_legend(*entries: tuple[str, str, str]) -> QLayout:
    """Make a legend of entries: text, role of its chart colour, and of its text."""
    row = hbox(spacing=5)
    for number, (word, role, text_role) in enumerate(entries):
        if number:
            row.addSpacing(8)
        row.addWidget(Swatch(partial(color_of, role)))
        row.addWidget(PlainLabel(word, size=Size.SMALL, role=text_role, strong=True))
    return row


def heat_scale() -> QLayout:
    """Make the legend of the heat map, from few to many."""
    words = [PlainLabel(word, size=Size.CAPTION, role="secondary") for word in (tr("few"), tr("many"))]
    return hbox(words[0], *(Swatch(partial(heat_colour, step, 4)) for step in range(5)), words[1], spacing=4)


class Swatch(QWidget):
    """A small square in a colour of the theme."""

    def __init__(self, colour: Callable[[], QColor]) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setPen(self._colour())
            painter.setBrush(self._colour())
            painter.drawRoundedRect(QRectF(0.5, 0.5, 9, 9), 2, 2)

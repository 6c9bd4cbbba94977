"""Fields for a trial's scenario: time, contact, history and takeover."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Presence, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.core.rules.conditions.surroundings import MOST_DAYS, MOST_MESSAGES, MOST_MINUTES
from wxdesk.core.rules.ruling import ConversationContext
from wxdesk.core.wechat import quota
from wxdesk.desk.rules.trial.scenario import TrialScenario
from wxdesk.i18n import account_title, tr
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import AT_LEFT, grid
from wxdesk.ui.widgets.fields.labelled import set_wrong
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.fields.words_dialog import split_words
from wxdesk.ui.widgets.labels import small_label
from wxdesk.ui.widgets.menu_button import NameMenuButton, SingleChoiceButton
from wxdesk.ui.wording.messages import mode_text


class TrialFacts(Struct, frozen=True):
    """Values of the trial's fields; by default those of a new, unanswered customer.

    wrote: True if the contact has written before, `days` ago · number: number of the message since an operator
    answered · rule: name of the rule that answered last, `minutes` ago; empty for none · mode: the
    conversation's own, None for the account's · taken: True during a takeover.
    """

    wrote: bool = False
    days: int = 0
    number: int = 1
    tags: str = ""
    rule: str = ""
    minutes: int = 0
    mode: ReplyMode | None = None
    taken: bool = False
    operator: Presence = Presence.PRESENT

    def refilled(self, before: "TrialFacts", now: "TrialFacts") -> "TrialFacts":
        """Return these values refilled with `now` instead of `before`; changed ones stay."""
        kept = {name: getattr(self, name) for name in _NAMES if getattr(self, name) != getattr(before, name)}
        return replace(now, **kept)

    def changed(self, filled: "TrialFacts") -> list[str]:
        """Return the names of the fields that differ from what they were filled with."""
        return [name for name in _NAMES if getattr(self, name) != getattr(filled, name)]

    def supposed(self, filled: "TrialFacts", rule_ids: Mapping[str, Sequence[int]]) -> TrialScenario:
        """Return the changed values as a scenario, with the operator's presence."""
        wrote = (self.wrote, self.days) != (filled.wrote, filled.days)
        spoke = (self.rule, self.minutes) != (filled.rule, filled.minutes)
        ago = timedelta(minutes=self.minutes)
        return TrialScenario(
            tags=tuple(split_words(self.tags)) if self.tags != filled.tags else None,
            operator=self.operator,
            first_contact=wrote and not self.wrote,
            quiet_days=self.days if wrote and self.wrote else None,
            message_no=max(self.number, 1) if self.number != filled.number else None,
            spoke=dict.fromkeys(rule_ids.get(self.rule, ()), ago) if spoke else None,
            mode=self.mode,
            inherits=self.mode is None,
            taken_over=self.taken if self.taken != filled.taken else None,
        )


_NAMES = TrialFacts.__struct_fields__
NEW_CUSTOMER = TrialFacts()


def facts_of(known: ConversationContext, operator: Presence, rules: Sequence[Rule], now: datetime) -> TrialFacts:
    """Return the values for a stored conversation; `rules` are those to choose from."""
    conversation, history = known.conversation, known.history
    last = history.last_written_at
    spoke = last_rule(known, rules)
    return TrialFacts(
        wrote=last is not None,
        days=min(max((now - last).days, 0), MOST_DAYS) if last else 0,
        number=min(history.message_no, MOST_MESSAGES),
        tags=tr(", ").join(conversation.contact.tags),
        rule=spoke[0].name if spoke else "",
        minutes=min(max((now - spoke[1]) // timedelta(minutes=1), 0), MOST_MINUTES) if spoke else 0,
        mode=conversation.mode,
        taken=is_taken_over(conversation, now),
        operator=operator,
    )


def last_rule(known: ConversationContext, rules: Sequence[Rule]) -> tuple[Rule, datetime] | None:
    """Return the rule that answered the contact last, and when, if it still exists."""
    said = known.history.said
    spoke = [(rule, said[rule.id]) for rule in rules if rule.id in said]
    return max(spoke, key=lambda one: one[1], default=None)


MOMENT = "%Y-%m-%d %H:%M"

type FactField = SingleChoiceButton[Any] | NumberField | QLineEdit
"""Field for one of the `TrialFacts`."""

WIDEST_NAME = 96
"""Largest width of a rule's name, in pixels."""


class TrialScenarioForm(QWidget):
    """Form of a trial's scenario; an unreadable time counts as now and is marked.

    `rules` are those that may have answered before.

    Signals:
        changed: the scenario has changed.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, rules: RuleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = bridge.desk.accounts
        self._rules = rules
        self._known: ConversationContext | None = None
        self._filled = NEW_CUSTOMER
        self._make_times()
        self._make_states()
        self._fields: dict[str, FactField] = {
            "wrote": self.wrote, "days": self.days, "number": self.number, "tags": self.tags, "rule": self.rule,
            "minutes": self.minutes, "mode": self.mode, "taken": self.taken, "operator": self.who,
        }  # fmt: skip
        self._lay_out()
        choices = (self.account, self.wrote, self.mode, self.taken, self.who, self.left, self.rule)
        for chosen in choices:
            chosen.chosen.connect(self._changed)
        self.rule.more_asked.connect(self._no_rule)
        for field in (self.moment, self.days, self.number, self.minutes, self.tags, self.event_name):
            field.textChanged.connect(self._changed)
        bridge.follow(self, self._offer_accounts, ConfigurationChanged)

    def _make_times(self) -> None:
        self.account = SingleChoiceButton(self._account_names(), tr("Mini program of this trial"), self)
        self.moment = QLineEdit(self)
        self.moment.setPlaceholderText(tr("now; or {example}", example="2026-10-1 9:00"))
        self.moment_error = small_label(role="failed", wrap=True, parent=self)
        self.moment_error.hide()
        self.wrote = SingleChoiceButton(
            [(False, tr("never wrote before")), (True, tr("has written before"))],
            tr("Whether the customer wrote before"),
            self,
        )
        self.days = NumberField(0, MOST_DAYS, tr("Days since the customer last wrote"), self)
        self.number = NumberField(1, MOST_MESSAGES, tr("Which message since a person answered"), self)
        self.tags = QLineEdit(self, placeholderText=tr("none; parted by commas"))
        self.rule = NameMenuButton(
            lambda: self._rules.names(without=0),
            tr("Rule that spoke to the customer before"),
            without=tr("none"),
            more=tr("No rule"),
            widest=WIDEST_NAME,
            parent=self,
        )
        self.minutes = NumberField(0, MOST_MINUTES, tr("Minutes since that rule spoke"), self)

    def _make_states(self) -> None:
        modes = ((mode, mode_text(mode)) for mode in ReplyMode)
        self.mode = SingleChoiceButton[ReplyMode | None](
            [(None, tr("as the account")), *modes], tr("Mode of the conversation"), self
        )
        self.taken = SingleChoiceButton(
            [(False, tr("no")), (True, tr("by a person"))], tr("Whether it is taken over"), self
        )
        self.who = SingleChoiceButton(
            [(Presence.PRESENT, tr("somebody")), (Presence.AWAY, tr("nobody"))], tr("Who is at the desk"), self
        )
        self.left = SingleChoiceButton[int | None](
            [(None, tr("what WeChat gives")), *((n, str(n)) for n in range(quota.AFTER_MESSAGE[0] + 1))],
            tr("How many replies WeChat still allows"),
            self,
        )
        self.event_name = QLineEdit(self, placeholderText=tr("such as {example}", example="kf_close_session"))

    def _lay_out(self) -> None:
        fields = grid(across=8, down=6, within=self)
        rows: list[tuple[str, QWidget]] = [
            (tr("Event"), self.event_name),
            (tr("Mini program"), self.account),
            (tr("Time"), self.moment),
            ("", self.moment_error),
            (tr("Customer"), self.wrote),
            (tr("Days ago"), self.days),
            (tr("Message no."), self.number),
            (tr("Tags"), self.tags),
            (tr("Rule before"), self.rule),
            (tr("Minutes ago"), self.minutes),
            (tr("Mode"), self.mode),
            (tr("Taken over"), self.taken),
            (tr("At the desk"), self.who),
            (tr("Replies left"), self.left),
        ]
        self._labels = {field: small_label(name, parent=self) for name, field in rows}
        for row, (name, field) in enumerate(rows):
            fields.addWidget(self._labels[field], row, 0)
            narrow = isinstance(field, SingleChoiceButton | NumberField)
            fields.addWidget(field, row, 1, AT_LEFT if narrow else Qt.AlignmentFlag(0))
            if isinstance(field, QLineEdit) and not isinstance(field, NumberField):
                field.setAccessibleName(tr("{what} in this trial", what=name))
        self._labels[self.moment_error].hide()
        self._show(self.account, len(self._accounts) > 1)
        self.show_kind(MessageType.TEXT)
        self._show_numbers()

    def _offer_accounts(self) -> None:
        self.account.offer(self._account_names())
        self._show(self.account, len(self._accounts) > 1)

    def _account_names(self) -> list[tuple[str, str]]:
        return [(name, account_title(name)) for name in self._accounts] or [("", "")]

    # -- what they are filled with

    def show_kind(self, kind: MessageType) -> None:
        """Show the field for an event's name where there can be one."""
        self._show(self.event_name, kind is MessageType.OTHER)

    def fill(self, known: ConversationContext | None, operator: Presence, now: datetime, *, afresh: bool) -> None:
        """Fill in the `known` or a new customer; `afresh` also where values were changed."""
        self._known = known
        filled = NEW_CUSTOMER if known is None else facts_of(known, operator, self._rules.rows(), now)
        shown = filled if afresh else self._facts().refilled(self._filled, filled)
        self._filled = filled
        for name, field in self._fields.items():
            _show_value(field, getattr(shown, name))
        self.account.setEnabled(known is None)
        if known is not None and known.conversation.account in self._accounts:
            self.account.set_value(known.conversation.account)
        self._changed()

    def supposed(self) -> TrialScenario:
        """Return the whole scenario."""
        ids: dict[str, tuple[int, ...]] = {}
        for rule in self._rules.rows():
            ids[rule.name] = (*ids.get(rule.name, ()), rule.id)
        said = self._facts().supposed(self._filled, ids)
        return replace(
            said,
            at=self._at(),
            event=self.event_name.text().strip() or None,
            account=self._accounts.get(self.account.value),
            known=self._known,
            left=self.left.value,
        )

    def otherwise(self) -> list[str]:
        """Return the labels of the fields that differ from the customer's stored state."""
        fields = self._fields | {"days": self.wrote, "minutes": self.rule}
        changed = [fields[name] for name in self._facts().changed(self._filled)]
        changed += [self.moment] if self._at() is not None else []
        changed += [self.left] if self.left.value is not None else []
        return list(dict.fromkeys(self._labels[field].full_text() for field in changed))

    def _facts(self) -> TrialFacts:
        return TrialFacts(**{name: _value_of(field) for name, field in self._fields.items()})

    def _no_rule(self) -> None:
        self.rule.set_value("")
        self._changed()

    def _at(self) -> datetime | None:
        try:
            # A naive time is the machine's own to astimezone.
            return datetime.strptime(self.moment.text().strip().replace("：", ":"), MOMENT).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def _show(self, field: QWidget, shown: bool) -> None:
        for widget in (self._labels[field], field):
            widget.setVisible(shown)

    def _show_numbers(self) -> None:
        self._show(self.days, self.wrote.value)
        self._show(self.minutes, bool(self.rule.value))

    def _changed(self) -> None:
        wrong = bool(self.moment.text().strip()) and self._at() is None
        set_wrong(self.moment, wrong)
        why = tr("Write it as {example}. Until then it is now.", example="2026-10-01 22:30")
        self.moment_error.show_if_any(why if wrong else "")
        self._show_numbers()
        self.changed.emit()


def _value_of(field: FactField) -> Any:  # noqa: ANN401 - of the kind that the field is for
    if isinstance(field, SingleChoiceButton):
        return field.value
    return field.value() if isinstance(field, NumberField) else field.text()


def _show_value(field: FactField, value: Any) -> None:  # noqa: ANN401 - of the kind that the field is for
    if isinstance(field, SingleChoiceButton):
        field.set_value(value)
    elif isinstance(field, NumberField):
        field.show_number(value)
    elif field.text() != value:
        with QSignalBlocker(field):
            field.setText(value)

"""What the trial's fields say about the customer, and how that differs from what they were filled with.

Only what somebody changed is supposed; all else is as the stored conversation has it, to the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.rule import Presence, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.desk.ports.store import Known
from wxdesk.desk.rules.trial.scenario import Supposed
from wxdesk.i18n import tr
from wxdesk.ui.widgets.fields.word_splitting import split_words

MOST_DAYS = 3650
MOST_MESSAGES = 999
MOST_MINUTES = 9999


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """One field each, as it is shown. By themselves: a new customer, whom nothing and nobody has answered.

    wrote: whether he wrote before, `days` ago · number: which message it is since a person answered · rule: the name of
    the one that spoke to him, `minutes` ago; empty for none · mode: that of the conversation itself, None for the
    account's · taken: whether a person has the word.
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

    def refilled(self, before: TrialFacts, now: TrialFacts) -> TrialFacts:
        """The same once the fields are filled with `now` instead of `before`: what somebody changed stays."""
        kept = {name: getattr(self, name) for name in _NAMES if getattr(self, name) != getattr(before, name)}
        return replace(now, **kept)

    def changed(self, filled: TrialFacts) -> list[str]:
        """The names of the fields that say something else than what they were filled with."""
        return [name for name in _NAMES if getattr(self, name) != getattr(filled, name)]

    def supposed(self, filled: TrialFacts, rule_ids: Mapping[str, Sequence[int]]) -> Supposed:
        """What was changed since, and who is at the desk."""
        wrote = (self.wrote, self.days) != (filled.wrote, filled.days)
        spoke = (self.rule, self.minutes) != (filled.rule, filled.minutes)
        ago = timedelta(minutes=self.minutes)
        return Supposed(
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


_NAMES = tuple(field.name for field in fields(TrialFacts))
A_NEW_CUSTOMER = TrialFacts()


def facts_of(known: Known, operator: Presence, rules: Sequence[Rule], now: datetime) -> TrialFacts:
    """What the fields are filled with from a stored conversation; `rules` are those that can be named."""
    thread, history = known.conversation, known.history
    last = history.last_written_at
    spoke = last_spoke(known, rules)
    return TrialFacts(
        wrote=last is not None,
        days=min(max((now - last).days, 0), MOST_DAYS) if last else 0,
        number=min(history.message_no, MOST_MESSAGES),
        tags=tr(", ").join(thread.contact.tags),
        rule=spoke[0].name if spoke else "",
        minutes=min(max((now - spoke[1]) // timedelta(minutes=1), 0), MOST_MINUTES) if spoke else 0,
        mode=thread.mode,
        taken=is_taken_over(thread, now),
        operator=operator,
    )


def last_spoke(known: Known, rules: Sequence[Rule]) -> tuple[Rule, datetime] | None:
    """The rule that spoke last to him, of those that are still there."""
    said = known.history.said
    spoke = [(rule, said[rule.id]) for rule in rules if rule.id in said]
    return max(spoke, key=lambda one: one[1], default=None)

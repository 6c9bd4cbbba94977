"""All fields of a rule together: fill them with a rule, and read it back."""

from __future__ import annotations

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.pairing import revision_content, with_content_of
from wxdesk.ui.editing.preserving import preserve_untouched
from wxdesk.ui.rules.editor.actions.card import ActionsCard
from wxdesk.ui.rules.editor.conditions.card import ConditionsCard
from wxdesk.ui.rules.editor.head import RuleEditorHead
from wxdesk.ui.rules.editor.limits_card import LimitsCard


class RuleFields:
    """The name and the three cards of a rule."""

    def __init__(
        self, head: RuleEditorHead, when_card: ConditionsCard, then_card: ActionsCard, leaving_card: LimitsCard
    ) -> None:
        self._head = head
        self._when = when_card
        self._then = then_card
        self._leaving = leaving_card
        self._shown = self._reads = Rule("")

    def show(self, rule: Rule) -> None:
        """Show `rule` in the fields."""
        self._head.show_name(rule.name)
        self._when.show_rule(rule)
        self._then.show_rule(rule)
        self._leaving.show_rule(rule)
        self._shown, self._reads = revision_content(rule), self._read()

    def rule(self, stored: Rule) -> Rule:
        """Return `stored` as it reads now; untouched parts are as they were shown."""
        return with_content_of(stored, preserve_untouched(self._read(), self._reads, self._shown))

    def _read(self) -> Rule:
        return Rule(
            name=self._head.name.text().strip(),
            on=self._when.kinds(),
            when=self._when.when(),
            then=self._then.steps(),
            default=self._when.is_default(),
            continues=self._then.continues.isChecked(),
            cooldown=self._leaving.cooldown(),
            delivery=self._leaving.way(),
            hold_seconds=self._leaving.hold_seconds(),
        )

"""What a rule's actions change in the conversation and its contact, of which the store knows no more than that."""

from datetime import UTC, datetime

import pytest

from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.rule import EFFECTS, Action, ActionKind
from wxdesk.core.rules.ruling import Effect, Ruling

DECISION = Decision(1, 2, Outcome.SILENT, datetime(2026, 3, 4, tzinfo=UTC))


@pytest.mark.parametrize("kind", sorted(EFFECTS))
def test_each_effect_changes_the_conversation_or_its_contact(kind: ActionKind) -> None:
    made = Ruling(DECISION, effects=(Effect(Action(kind, tags=("vip",)), "r"),))
    assert made.of_conversation or made.of_contact != ContactChange()
    assert made.changes_row

"""Words of a rule's actions, alike wherever they stand."""

import pytest

from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.ui.rules.text import summary
from wxdesk.ui.wording.actions import WORDINGS, action_name, action_text, number_words

TAG = Action(ActionKind.TAG, tags=("vip", "new"))


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Action(ActionKind.NOTIFY), "You are called to the conversation."),
        (TAG, "The customer is tagged: vip, new"),
        (Action(ActionKind.TYPING, seconds=1), "Typing for 1 second …"),
        (Action(ActionKind.TYPING, seconds=3), "Typing for 3 seconds …"),
        (Action(ActionKind.SNOOZE, minutes=60), action_name(ActionKind.SNOOZE)),
    ],
)
def test_what_an_action_does_is_said_in_a_sentence_or_by_its_name(action: Action, text: str) -> None:
    assert action_text(action) == text


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ((TAG,), "only tags"),
        ((TAG, Action(ActionKind.RESOLVE)), "resolves"),
        ((TAG, Action(ActionKind.NOTIFY)), ""),
        ((TAG, Action(ActionKind.REPLY, text="Hello.")), ""),
    ],
)
def test_a_rule_that_does_nothing_else_is_listed_by_its_effect(then: tuple[Action, ...], said: str) -> None:
    assert summary(Rule("r", default=True, then=then)) == " · ".join(filter(None, ("everything else", said)))


def test_every_action_has_words_and_one_minute_is_no_minutes() -> None:
    assert WORDINGS.keys() == set(ActionKind)
    assert number_words(ActionKind.SNOOZE, 1)[1].startswith("minute,")

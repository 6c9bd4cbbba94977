"""Trials of the rules, and examples of one of them, on messages that nobody sent."""

from collections.abc import Mapping
from dataclasses import replace

from wxdesk.core.model.account import Account
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Rule
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.example import RuleExamples
from wxdesk.desk.rules.trial.outcome import Trial, trial_of
from wxdesk.desk.rules.trial.scenario import NOTHING_SUPPOSED, TrialMessage, TrialScenario


class RuleTrials:
    """Tries the rules of `rulebook` as though for the first of the `accounts`.

    `examples` shows the messages of one rule by itself.
    """

    def __init__(
        self, rulebook: Rulebook, renderer: LiquidRenderer, accounts: Mapping[str, Account], clock: Clock
    ) -> None:
        self.rulebook = rulebook
        self._accounts = accounts
        self._clock = clock
        tools = rulebook.ruleset.tools
        self.examples = RuleExamples(renderer, rulebook.shelf, rulebook.builder, tools, self._occasion)

    def try_sentence(
        self,
        sentence: str,
        on: MessageType = MessageType.TEXT,
        session_from: str | None = None,
        alias: str = "",
        *,
        instead: Rule | None = None,
        around: TrialScenario = NOTHING_SUPPOSED,
    ) -> Trial:
        """Try the rules on `sentence` in this scenario; nothing is stored or sent.

        `instead` stands in the place of the stored rule of its id, or where a new one would be put (id 0). It is
        tried as though it were switched on; others that are not have the verdict that they are switched off.

        Raises:
            BadRule: `instead` has a fault other than in a template.
        """
        rulebook = self.rulebook
        ruleset = rulebook.ruleset if instead is None else rulebook.ruleset_with(replace(instead, enabled=True))
        occasion = self._occasion(TrialMessage(sentence, on, session_from, alias, around))
        matching = ruleset.ask_all(occasion.subject)
        verdicts = ruleset.with_switched_off(ruleset.all_verdicts(on, matching), matching)
        answer = rulebook.builder.answer(matching, verdicts, occasion)
        return trial_of(answer, occasion, ruleset.events, around.known)

    def _occasion(self, tried: TrialMessage) -> RuleContext:
        return tried.occasion(self._accounts, self._clock())

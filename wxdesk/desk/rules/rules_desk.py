"""The rules as the window sees them: the rulebook and its tools."""

from dataclasses import dataclass

from wxdesk.desk.rules.business_hours_saving import BusinessHoursSaving
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.review.dry_run import DryRun
from wxdesk.desk.rules.review.lint_run import RulesReview
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.trials import RuleTrials


@dataclass(frozen=True, slots=True)
class RulesDesk:
    """The part of the desk that is about rules."""

    rulebook: Rulebook
    trials: RuleTrials
    business_hours: BusinessHoursSaving
    exchange: RulesExchange
    review: RulesReview
    dry_run: DryRun

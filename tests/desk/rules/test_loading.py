"""How often the rules are read: thousands of them take a third of a second each time."""

from datetime import UTC, datetime

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Counted(KeptRules):
    """Kept rules that count how often they are read as a whole."""

    reads = 0

    async def all(self) -> list[Rule]:
        self.reads += 1
        return await super().all()


async def test_a_change_reads_the_rules_once_for_all_who_look_at_them_then() -> None:
    kept = Counted()
    book = Rulebook(kept, Calendars(KeptSettings()), LiquidRenderer(), lambda: NOW, lambda _: None)
    rule = Rule("a", when=Condition(any=("x",)), then=(Action(ActionKind.REPLY, "好"),))
    saved = await book.save(rule)
    assert [one.id for one in await book.all()] == [saved.id]
    assert "好" in (await RulesExchange(book, kept, lambda: NOW).export()).text
    assert kept.reads == 1
    await book.delete(saved.id)
    assert await book.all() == []
    assert kept.reads == 2

"""Import of a rules file."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.store.pictures.files import PictureFiles

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)


async def test_a_file_is_judged_once_and_beside_the_loop() -> None:
    judged: list[int] = []

    class Kept(PictureFiles):
        def holds(self, digest: str) -> bool:
            judged.append(threading.get_ident())
            return True

    rules = KeptRules()
    book = Rulebook(
        rules, Calendars(KeptSettings()), LiquidRenderer(), lambda: NOW, lambda _: None, pictures=Kept(Path())
    )
    exchange = RulesExchange(book, rules, lambda: NOW)
    file = '[[rules]]\nname = "p"\nwhen = { any = ["x"] }\nthen = [{ image = { picture = "' + "0" * 64 + '" } }]\n'
    await exchange.check(file, "rules.toml")
    assert len(judged) == 1
    assert len((await exchange.take_in(file, "rules.toml")).left.rules) == 1
    loaded = 1  # what is stored is judged once more when it is loaded
    assert len(judged) == 2 + loaded
    assert threading.get_ident() not in judged[:2]

"""News of what an operator did to rows of the list."""

from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.conversations.changes import RowAct, RowChange, RowsChanged
from wxdesk.ui.wording.status import changed_text

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=1)


@pytest.mark.parametrize("act", RowAct)
def test_what_can_be_undone_has_news_that_offers_it(act: RowAct) -> None:
    change = RowChange(act, UNTIL, "vip")
    said = changed_text(change, RowsChanged((1,), until=UNTIL), "Wang Fang", NOW)
    assert change.undo is None or "Wang Fang" in said


def test_what_stays_is_said_in_a_sentence_of_its_own() -> None:
    result = RowsChanged((1, 2, 3), unsettled=(3,))
    said = changed_text(RowChange(RowAct.RESOLVE), result, "2 conversations", NOW)
    assert said == "Resolved: 2 conversations. 1 stays in the list, because a reply there is left to you."

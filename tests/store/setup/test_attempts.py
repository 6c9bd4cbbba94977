"""What arrived is kept once a finding, counted, bounded for each account, and told newest first."""

import pytest
from sqlalchemy import text

from tests.store.chats import Talk, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.store import Store
from wxdesk.store.setup.attempts import MOST_KEPT, CountedFinding, MessageProofs

V = CheckVerdict


def attempt(verdict: CheckVerdict, at: float, account: str = "shop", times: int = 1, **values: str) -> CountedFinding:
    return CountedFinding(Finding(Check.URL_CHECK, verdict, account, values, second(at)), times)


async def test_attempts_are_reported_newest_first_and_equal_ones_are_counted(store: Store) -> None:
    await store.attempts.add([attempt(V.TOKEN_DIFFERS, 1, cause="case"), attempt(V.WRONG_PATH, 2, path="/wx/店")])
    await store.attempts.add([attempt(V.TOKEN_DIFFERS, 3, cause="case", times=4)])
    await store.attempts.add([attempt(V.OK, 2.5, account="other")])
    assert await store.attempts.newest("shop") == (
        Finding(Check.URL_CHECK, V.TOKEN_DIFFERS, "shop", {"cause": "case", "times": "5"}, second(3)),
        Finding(Check.URL_CHECK, V.WRONG_PATH, "shop", {"path": "/wx/店", "times": "1"}, second(2)),
    )
    assert [one.verdict for one in await store.attempts.newest("shop", 1)] == [V.TOKEN_DIFFERS]
    assert [one.verdict for one in await store.attempts.newest("other")] == [V.OK]
    assert await store.attempts.newest("nobody") == ()


async def test_an_account_has_a_bounded_number_and_keeps_the_good_one(store: Store) -> None:
    await store.attempts.add([attempt(V.OK, 0)])
    for start in range(0, 3 * MOST_KEPT, 10):
        await store.attempts.add([attempt(V.WRONG_PATH, n + 1, path=f"/{n}") for n in range(start, start + 10)])
    kept = await store.attempts.newest("shop", 1000)
    assert len(kept) == MOST_KEPT
    assert kept[0].values["path"] == f"/{3 * MOST_KEPT - 1}"
    assert kept[-1].verdict is V.OK


async def test_attempts_of_a_newer_program_are_passed_over(store: Store) -> None:
    await store.attempts.add([attempt(V.OK, 0), attempt(V.WRONG_PATH, 1)])
    update = text("UPDATE setup_attempts SET verdict = 'of_tomorrow' WHERE verdict = 'ok'")
    await store._db.write(lambda connection: connection.execute(update) and None)
    assert [one.verdict for one in await store.attempts.newest("shop")] == [V.WRONG_PATH]


@pytest.mark.parametrize("author", [Author.RULE, Author.OPERATOR])
async def test_only_a_rules_reply_that_was_sent_proves_that_messages_are_answered(
    store: Store, talk: Talk, author: Author
) -> None:
    assert await store.attempts.proofs("shop") == MessageProofs()
    await talk.says("oLi", account="other")
    item = await talk.says("oLi")
    assert await store.attempts.proofs("shop") == MessageProofs(kept=True)
    if author is Author.OPERATOR:
        reply = await talk.writes(item.conversation.id, "您好")
    else:
        [reply] = await talk.decides(item.message, "您好")
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    assert await store.attempts.proofs("shop") == MessageProofs(kept=True, answered=author is Author.RULE)
    assert await store.attempts.proofs("other") == MessageProofs(kept=True)

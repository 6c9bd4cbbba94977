"""A rule's reply with a word that should not leave waits as a draft, if the operator wishes."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import sent, timed_desk
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.messages.answering import GUARDED_WORD
from wxdesk.sandbox.demo_customers import LI_LEI

RULES = """
[[rules]]
name = "promise"
when = { any = ["发货"] }
then = [{ reply = "请稍等" }, { reply = "保证明天到" }]
"""


@pytest.mark.parametrize("guards", [True, False])
async def test_a_guarded_word_makes_drafts_of_the_whole_answer(tmp_path: Path, guards: bool) -> None:
    async with timed_desk(tmp_path, RULES) as desk:
        preferences = desk.opened.desk.preferences
        await preferences.set(replace(preferences.now, guarded_words=("保证",), guards_rules=guards))
        await desk.says(LI_LEI.openid, "什么时候发货")
        if guards:
            assert [await desk.reply(number) for number in (1, 2)] == [
                replace(await desk.reply(number), state=ReplyState.DRAFT, error=GUARDED_WORD) for number in (1, 2)
            ]
            await desk.opened.desk.replies.release(1, whole=True)
        await desk.until_sent(2)
        assert sent(desk) == ["请稍等", "保证明天到"]


LINKED = """
[[rules]]
name = "promise"
when = { any = ["发货"] }
then = [{ link = { title = "看", description = "保证明天到", url = "https://a.cn", thumb_url = "https://a.cn/x" } }]
"""


async def test_guarded_words_are_found_in_every_text_of_a_link(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, LINKED) as desk:
        preferences = desk.opened.desk.preferences
        await preferences.set(replace(preferences.now, guarded_words=("保证",), guards_rules=True))
        await desk.says(LI_LEI.openid, "什么时候发货")
        assert (await desk.reply(1)).error == GUARDED_WORD

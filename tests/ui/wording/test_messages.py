"""Words for people, states and time, in both languages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wxdesk import i18n
from wxdesk.core.content.kind_words import KIND_WORDS
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.ui.look.fonts import has_emoji
from wxdesk.ui.rules import text as rule_words
from wxdesk.ui.rules.review import text as review_words
from wxdesk.ui.wording import messages as words

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Shanghai
CONTACT = Contact(1, "shop", "oX3fABCDEFGHIJKLMNOPQRSTU9k2", NOW)
CONVERSATION = Conversation(1, "shop", CONTACT, preview="您好\n在吗", last_at=NOW)
REPLY = Reply(
    1, 1, "shop", CONTACT.openid, Author.RULE, Content(text="好"), ReplyState.HELD, NOW, NOW, rule_name="营业"
)


@pytest.fixture(autouse=True)
def _shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def chinese() -> None:
    i18n.use("zh_CN")


def test_a_name_never_is_a_whole_openid() -> None:
    assert words.name_of(CONTACT) == "oX3f…9k2"
    assert words.name_of(replace(CONTACT, alias="李雷")) == "李雷"
    assert words.short_openid("oshort") == "os…"


@pytest.mark.parametrize(
    ("seconds", "word"),
    [(-5, "0 秒"), (0, "0 秒"), (59, "59 秒"), (60, "1 分"), (3599, "59 分"), (3600, "1 时"), (172_799, "47 时"),
     (172_800, "48 时"), (259_200, "3 天")],
)  # fmt: skip
@pytest.mark.usefixtures("chinese")
def test_spans_are_told_in_their_largest_unit(seconds: int, word: str) -> None:
    assert words.span_text(timedelta(seconds=seconds)) == word


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0:00"),
        (timedelta(milliseconds=1), "0:01"),
        (timedelta(seconds=65), "1:05"),
        (timedelta(hours=1, minutes=58, seconds=20), "1:58:20"),
        (timedelta(hours=48), "48:00:00"),
        (timedelta(seconds=-9), "0:00"),
    ],
)
def test_a_countdown_reaches_zero_only_when_it_is_over(span: timedelta, text: str) -> None:
    assert words.time_left_text(span) == text


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (NOW, "今天", "Today"),
        (NOW - timedelta(hours=13), "昨天", "Yesterday"),  # 23:00 in Shanghai, the same day in UTC
        (datetime(2026, 10, 2, tzinfo=UTC), "10月2日", "Oct 2"),
        (datetime(2025, 12, 31, tzinfo=UTC), "2025年12月31日", "Dec 31, 2025"),
    ],
)
def test_days_are_local_days(at: datetime, zh: str, en: str) -> None:
    assert words.day_text(at, NOW) == en
    i18n.use("zh_CN")
    assert words.day_text(at, NOW) == zh


def test_clock_time_is_local() -> None:
    assert words.clock_time(NOW) == "12:00"


@pytest.mark.usefixtures("chinese")
def test_ago_is_short() -> None:
    assert words.ago(NOW - timedelta(seconds=30), NOW) == "刚刚"
    assert words.ago(NOW - timedelta(minutes=21), NOW) == "21 分"
    assert words.ago(NOW - timedelta(hours=3), NOW) == "3 时"
    assert words.ago(NOW - timedelta(hours=13), NOW) == "昨天"
    assert words.waiting_text(NOW - timedelta(minutes=12), NOW) == "等 12 分"


@pytest.mark.usefixtures("chinese")
def test_a_preview_is_one_line_and_says_who_wrote_it() -> None:
    assert words.preview_of(CONVERSATION) == "您好 在吗"
    assert words.preview_of(replace(CONVERSATION, preview="", preview_kind="image")) == "[图片]"
    assert words.preview_of(replace(CONVERSATION, preview="好", preview_author=Author.RULE)) == "规则：好"
    mine = replace(CONVERSATION, preview="", preview_kind="card", preview_author=Author.OPERATOR)
    assert words.preview_of(mine) == "我：[小程序卡片]"
    assert words.preview_of(mine, operator="小李") == "小李：[小程序卡片]"
    assert words.preview_of(mine, with_author=False) == "[小程序卡片]"
    assert words.preview_of(Conversation(1, "shop", CONTACT)) == ""


@pytest.mark.usefixtures("chinese")
def test_the_author_of_a_reply() -> None:
    assert words.author_word(REPLY) == "规则 · 营业"
    assert words.author_word(replace(REPLY, edited=True)) == "规则 · 营业 · 您改过"
    assert words.author_word(replace(REPLY, author=Author.OPERATOR, edited=True)) == "您"


def test_emoticons_are_readable_in_the_language_of_the_window() -> None:
    said = replace(CONVERSATION, preview="好/::)\n[冷汗]")
    assert words.preview_of(said) == ("好🙂 [Blush]" if has_emoji() else "好[Smile] [Blush]")
    i18n.use("zh_CN")
    assert words.preview_of(said) == ("好🙂 [冷汗]" if has_emoji() else "好[微笑] [冷汗]")
    assert words.with_names("好/::)[Blush]") == "好[微笑][冷汗]"


def _all_words() -> list[str]:
    kinds = [*MessageType, *ReplyKind, "location"]
    return [
        *(words.mode_text(mode) for mode in ReplyMode),
        *(words.kind_text(kind) for kind in kinds),
        *(words.date_text(datetime(2026, month, 1)) for month in range(1, 13)),  # noqa: DTZ001
    ]


def test_every_word_has_its_chinese_one() -> None:
    english = _all_words()
    i18n.use("zh_CN")
    chinese = _all_words()
    assert [one for one, other in zip(english, chinese, strict=True) if one == other] == []
    assert not [word for word in chinese if any("a" <= letter.lower() <= "z" for letter in word)]


def test_each_kind_of_message_has_its_words() -> None:
    """Whatever is not named here ends every test of the rules page with a KeyError."""
    shown = set(MessageType) - {MessageType.OTHER}
    assert shown - KIND_WORDS.keys() == set(), "say in core/content/kind_words.py what stands for it"
    assert set(MessageType) - rule_words._TYPES.keys() == set(), "name it in ui/rules/text.py"
    grouped = set(MessageType) - {MessageType.TEXT, MessageType.ENTER_SESSION}
    assert grouped - review_words._NAMES.keys() == set(), "name a rule for it in ui/rules/review/text.py"

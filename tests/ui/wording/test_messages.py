"""Words for people and states, in both languages."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from wxdesk import i18n
from wxdesk.core.content.kind_words import KIND_WORDS
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author, Contact, Conversation
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, Reply, ReplyKind, ReplyState
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


@pytest.fixture
def chinese() -> None:
    i18n.use("zh_CN")


def test_a_name_never_is_a_whole_openid() -> None:
    assert words.name_of(CONTACT) == "oX3f…9k2"
    assert words.name_of(replace(CONTACT, alias="李雷")) == "李雷"
    assert words.short_openid("oshort") == "os…"


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
    assert all(map(rule_words.type_name, MessageType)), "name it in ui/rules/text.py"
    grouped = set(MessageType) - {MessageType.TEXT, MessageType.ENTER_SESSION}
    assert grouped - review_words._NAMES.keys() == set(), "name a rule for it in ui/rules/review/text.py"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我的订单 202611290077 什么时候到？电话13800138000，谢谢", ["202611290077", "13800138000"]),
        ("看 https://a.cn/o?id=7，单号SF1234567890。", ["https://a.cn/o?id=7", "SF1234567890"]),
        ("Mail me: wang.fang@a.cn. Twice: wang.fang@a.cn", ["wang.fang@a.cn"]),
        ("Is it red? 3 of them, 99", []),
        (" 202611290077 ", []),
        (" ".join(str(n) for n in range(1000, 1010)), ["1000", "1001", "1002", "1003", "1004"]),
    ],
)
def test_numbers_and_addresses_can_be_copied_alone(text: str, parts: list[str]) -> None:
    assert words.parts_to_copy(text) == parts

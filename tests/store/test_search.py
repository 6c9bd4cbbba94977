"""Search for messages and replies by their words."""

import pytest

from tests.store.chats import T0, Talk, add_reply, incoming, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, ReplyKind, ReplyState
from wxdesk.core.search_words import spaced
from wxdesk.store import Store

TEXTS = (
    "我要退款，谢谢",
    "退一下款",
    "款退了吗",
    "Order ABC123退款进度 50%",
    "什么时候 order 到",
    "ＦＵＬＬ－ｗｉｄｔｈ　１２３",
    "한국어 환불 かな カナ",
    "naïve café",
)


async def found(store: Store, phrase: str, limit: int = 50) -> list[str]:
    hits = await store.inbox.search(phrase, limit)
    return [hit.item.text if isinstance(hit.item, Message) else hit.item.content.text for hit in hits]


@pytest.fixture
async def said(talk: Talk) -> None:
    for number, text in enumerate(TEXTS):
        await talk.says(f"o{number % 2}", text, at=second(number))


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("退款", [3, 0]),
        ("退", [3, 2, 1, 0]),
        ("款退", [2]),
        ("我要退款", [0]),
        ("abc123退款", [3]),
        ("ABC123", [3]),
        ("abc1", [3]),
        ("ord", [4, 3]),
        ("order 到", [4]),
        ("order 退", []),
        ("bc123", []),
        ("退款，谢", [0]),
        ("50", [3]),
        ("full width 123", [5]),
        ("환불", [6]),
        ("かな カ", [6]),
        ("café", [7]),
        ("没有", []),
        ("", []),
        ("  %_*\"'()-:^{}\\  ", []),
    ],
)
async def test_a_phrase_finds_where_it_stands(store: Store, phrase: str, expected: list[int]) -> None:
    assert await found(store, phrase) == [TEXTS[number] for number in expected]


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("微笑", [2, 1, 0]),
        ("smile", [2, 1, 0]),
        ("/::)", [2, 1, 0]),
        ("[Smile]", [2, 1, 0]),
        ("谢谢微笑", [0]),
        ("谢谢/::)", [0]),
        ("捂脸", [3]),
        ("facepalm", [3]),
        ("no", [4]),
        ("https", [4]),
    ],
)
async def test_emoticons_are_found_by_their_names(talk: Talk, store: Store, phrase: str, expected: list[int]) -> None:
    texts = ("谢谢/::)", "好的[Smile]", "你好[微笑]", "[捂脸]", "https://a.cn/:no")
    for number, text in enumerate(texts):
        await talk.says("o1", text, at=second(number))
    assert await found(store, phrase) == [texts[number] for number in expected]


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    "phrase",
    [
        '退"款',
        '退款" OR "谢',
        "退款') --",
        "退 & 款",
        "退 <-> 款",
        "words:退款",
        "NEAR(退 款)",
        "退*款",
        "'; DROP TABLE messages; --",
        "\\' | 退",
        "AND OR NOT",
        "退\0款",
        "\ud800退",
        "退" * 500,
        "a" * 5000,
    ],
)
async def test_what_a_person_types_is_never_syntax(store: Store, phrase: str) -> None:
    wanted = "".join(character for character in phrase.casefold() if character.isalnum())
    hits = await found(store, phrase)
    for text in hits:
        assert wanted in "".join(character for character in text.casefold() if character.isalnum())
    assert len(await store.decisions.undecided()) == len(TEXTS)


@pytest.mark.usefixtures("said")
async def test_words_of_query_languages_are_words(talk: Talk, store: Store) -> None:
    await talk.says("o1", "this OR that AND not near", at=second(50))
    assert await found(store, "or that and not") == ["this OR that AND not near"]
    assert await found(store, "or not") == []


async def test_a_hit_brings_its_conversation(talk: Talk, store: Store) -> None:
    made = await talk.says("oLi", "我要退款")
    [hit] = await store.inbox.search("退款")
    assert hit.item == made.message
    assert hit.conversation == await talk.thread(made.conversation.id)


async def test_replies_are_found_by_what_they_say_now(talk: Talk, store: Store) -> None:
    made = await talk.says("o1", "问")
    [reply] = await talk.decides(made.message, "旧的答复", state=ReplyState.HELD)
    link = Content(ReplyKind.LINK, title="退货说明", description="七天之内")
    other = await add_reply(store, NewReply(made.conversation.id, Author.OPERATOR, link, ReplyState.DRAFT), second(3))
    assert [hit.item for hit in await store.inbox.search("七天")] == [other]
    assert [hit.item.id for hit in await store.inbox.search("退货")] == [other.id]
    await store.outbox.edit(reply.id, Content(text="新的答复"), second(4))
    assert await found(store, "旧的") == []
    assert await found(store, "新的答复") == ["新的答复"]


async def test_a_picture_that_gets_words_later_is_found(talk: Talk, store: Store) -> None:
    made = await talk.says("o1", "问")
    image = Content(ReplyKind.IMAGE, media_id="M")
    reply = await add_reply(store, NewReply(made.conversation.id, Author.OPERATOR, image, ReplyState.DRAFT), T0)
    await store.outbox.edit(reply.id, Content(text="文字"), T0)
    assert await found(store, "文字") == ["文字"]


async def test_what_rules_said_stands_below_what_people_said(talk: Talk, store: Store) -> None:
    for n, who in enumerate("ab"):
        asked = (await talk.says(who, "我要退款", second(n))).message
        await talk.decides(asked, "退款的事由同事处理", at=second(n))
    await talk.writes(asked.conversation_id, "退款已办好", second(9))
    said = ["退款已办好", *["我要退款"] * 2, *["退款的事由同事处理"] * 2]
    assert await found(store, "退款") == said


async def test_a_question_is_found_behind_more_answers_of_rules_than_are_shown(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1", "抬头写错了")).message
    for n in range(5):
        await talk.decides((await talk.says("o2", "发票", second(n))).message, f"抬头请填全称 {n}", at=second(n))
    assert await found(store, "抬头", limit=3) == [asked.text, "抬头请填全称 4", "抬头请填全称 3"]


async def test_the_newest_come_first_and_no_more_than_asked(talk: Talk, store: Store) -> None:
    batch = [await talk.kept(incoming("o1", f"退款 {n}", at=second(n)), second(n)) for n in range(12)]
    await store.pushes.derive(batch)
    assert await found(store, "退款", limit=3) == ["退款 11", "退款 10", "退款 9"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("退款", "退 款"),
        ("Hello,世界!", "hello 世 界"),
        ("ＡＢＣ①㈱", "abc1 株"),
        ("a_b-c.d", "a b c d"),
        ("🙂 ok 𠮷", "ok 𠮷"),
        ("", ""),
    ],
)
def test_text_is_cut_into_words(text: str, words: str) -> None:
    assert spaced(text) == words


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize("rare", [1000, 1])  # 1: every phrase counts as a common one
async def test_one_conversation_is_searched_for_the_same_words(
    store: Store, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wxdesk.store.search.RARE", rare)
    for phrase in ("退款", "款", "ord", "50", "full width", "", "没有"):
        everywhere = await store.inbox.search(phrase)
        for hit in everywhere:
            thread = hit.conversation.id
            here = [one.item for one in everywhere if one.conversation.id == thread]
            assert await store.inbox.find(thread, phrase) == here
    [newest, *_] = await store.inbox.search("退")
    assert await store.inbox.find(newest.conversation.id, "退", limit=1) == [newest.item]
    assert await store.inbox.find(99, "退") == []

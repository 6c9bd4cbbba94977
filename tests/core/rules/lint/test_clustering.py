"""Similar messages in groups, with the words that they share."""

import gc
import random
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rules.rule_matching import NOW, TOOLS
from wxdesk.core.model.message import MessageType
from wxdesk.core.rules.lint.clustering import GroupKind, MessageGroup, grouped
from wxdesk.core.rules.past_messages import PastMessage


def groups_of(*texts: str) -> list[MessageGroup]:
    """The last text is the newest."""
    told = [
        PastMessage(n, 1, MessageType.TEXT, text, NOW + timedelta(seconds=n)) for n, text in enumerate(texts, start=1)
    ]
    return grouped(told, TOOLS.normaliser)


def test_similar_messages_are_counted_together_under_their_newest() -> None:
    invoice = ("怎么开发票", "发票怎么开", "可以开发票吗", "开发票")
    first, second = groups_of("你们招人吗", *invoice)
    assert (first.times, first.newest.text, first.words) == (4, "开发票", ("发票",))
    assert (second.times, second.newest.text) == (1, "你们招人吗")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("Where is my parcel?", "where is my parcel", "WHERE is my  parcel!!"), ("is my parcel",)),
        (("order 20461 arrived broken", "order 777 arrived broken"), ("arrived broken",)),
        (("ｉＰｈｏｎｅ 壳", "iphone 壳有吗"), ("iphone",)),
        (("在吗[微笑]", "在吗"), ("在吗",)),
        (("我的快递到哪里了呢",), ("我的快递到哪里了呢",)),
    ],
)
def test_a_group_is_named_by_the_words_of_most_of_its_texts(texts: tuple[str, ...], words: tuple[str, ...]) -> None:
    [group] = groups_of(*texts)
    assert group.times == len(texts)
    assert group.words == words


def test_an_order_number_keeps_nothing_apart() -> None:
    [group] = groups_of(*(f"订单{number}到哪了" for number in range(20461, 20481)))
    assert group.times == 20
    assert group.words == ("到哪",)


def test_messages_without_words_are_in_groups_of_their_own() -> None:
    texts = (
        "？？",
        "??",
        "",
        " \u200b",
        "😀",
        "/::)",
        "[微笑]",
        "1",
        "13800138000",
        "SF1234567890",
        "https://a.cn/x?n=1",
    )
    found = {(group.kind, group.words, group.times) for group in groups_of(*texts)}
    assert found == {
        (GroupKind.SIGN, ("??",), 2),  # full width or not is all the same
        (GroupKind.BLANK, (), 2),
        (GroupKind.SIGN, ("😀",), 1),
        (GroupKind.SIGN, ("/::)",), 1),
        (GroupKind.SIGN, ("[微笑]",), 1),
        (GroupKind.SIGN, ("1",), 1),  # the first of what one was asked to choose from
        (GroupKind.NUMBER, (), 2),
        (GroupKind.LINK, (), 1),
    }


def test_messages_that_are_no_text_are_grouped_by_kind() -> None:
    kinds = (MessageType.IMAGE, MessageType.CARD, MessageType.IMAGE, MessageType.OTHER)
    told = [PastMessage(n, 1, kind, "开发票" if n == 1 else "", NOW) for n, kind in enumerate(kinds)]
    found = [(group.newest.type, group.kind, group.times) for group in grouped(told, TOOLS.normaliser)]
    assert found == [
        (MessageType.IMAGE, GroupKind.TYPE, 2),
        (MessageType.OTHER, GroupKind.TYPE, 1),
        (MessageType.CARD, GroupKind.TYPE, 1),
    ]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("我的手机13800138000，帮我查订单",), ("帮我查订单",)),
        (("138-0013-8000 call me",), ("call me",)),
        (("看看https://mp.weixin.qq.com/s/abc这个怎么用",), ("这个怎么用",)),
        (("SF1234567890123 到哪", "SF9876543210987 到哪"), ("到哪",)),
        (("invoice 2026112400017 please", "invoice 2026112400018 please"), ("please", "invoice")),
    ],
)
def test_numbers_of_somebodys_own_and_links_are_no_words(texts: tuple[str, ...], words: tuple[str, ...]) -> None:
    [group] = groups_of(*texts)
    assert (group.kind, group.times) == (GroupKind.WORDS, len(texts))
    assert group.words[0] in words


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (("这件衣服能水洗吗", "衣服能不能水洗"), "水洗"),  # not “衣服能”
        (("会员卡怎么办", "会员卡能用吗"), "会员卡"),
        (("智能锁的功能有哪些", "智能锁有什么功能"), "智能锁"),
        (("目的地可以改吗", "改目的地"), "目的地"),
        (("什么时候发货", "我的什么时候发货呢"), "发货"),
        (("优惠券用不了", "为什么用不了优惠券"), "用不了"),
        (("在吗", "在吗？？"), "在吗"),  # there is nothing but words that ask
    ],
)
def test_words_are_not_cut_in_the_middle_and_none_that_only_ask(texts: tuple[str, ...], word: str) -> None:
    [group] = groups_of(*texts)
    assert group.words == (word,)


@pytest.mark.parametrize("text", ["。。。", "【】", "、"])
def test_marks_of_chinese_are_no_words(text: str) -> None:
    [group] = groups_of(text)
    assert (group.kind, group.words) == (GroupKind.SIGN, (text,))


def test_a_message_with_none_of_a_groups_words_is_in_another_group() -> None:
    texts = [
        f"{first}乙{second}乙" for first, second in zip("甲子寅卯辰巳午未申酉", "丙丑戊己庚辛壬癸亥戌", strict=True)
    ]
    groups = groups_of(*(text + "请问能不能" for text in texts))
    assert sum(group.times for group in groups) == len(texts)
    for text in texts:
        assert any(word in text for group in groups for word in group.words)


@given(st.lists(st.text("退款运费ab 1？", max_size=9), max_size=30), st.randoms(use_true_random=False))
def test_every_sentence_is_in_one_group_and_its_words_in_some_of_it(texts: list[str], mixing: random.Random) -> None:
    told = [PastMessage(n, 1, MessageType.TEXT, text, NOW + timedelta(seconds=n)) for n, text in enumerate(texts)]
    groups = grouped(told, TOOLS.normaliser)
    assert sum(group.times for group in groups) == len(texts)
    folded = [TOOLS.normaliser(text) for text in texts]
    for group in groups:
        assert bool(group.words) is (group.kind in (GroupKind.WORDS, GroupKind.SIGN))
        assert all(any(word in text for text in folded) for word in group.words)
    mixed = list(told)
    mixing.shuffle(mixed)
    assert grouped(mixed, TOOLS.normaliser) == groups


def test_signs_and_invisible_texts_do_not_each_make_a_group() -> None:
    told = ("😀" * 200, "😀" * 201, "\u00ad", "\u3164", " ", "\u00ad\u2800")
    groups = grouped([PastMessage(n, 1, MessageType.TEXT, text, NOW) for n, text in enumerate(told)], TOOLS.normaliser)
    assert [(group.kind, group.times, group.words) for group in groups] == [
        (GroupKind.BLANK, 4, ()),
        (GroupKind.SIGN, 1, ("😀" * 200,)),
    ]


def test_grouping_time_does_not_grow_with_the_square_of_the_messages() -> None:
    chance = random.Random(4)
    letters = [chr(0x4E00 + at) for at in range(600)]
    texts = ["".join(chance.choices(letters, k=chance.choice((4, 12, 80)))) for _ in range(5000)]
    told = [PastMessage(n, 1, MessageType.TEXT, text, NOW) for n, text in enumerate(texts)]

    def taken(count: int) -> float:
        began = time.thread_time()
        grouped(told[:count], TOOLS.normaliser)
        return time.thread_time() - began

    gc.disable()  # it looks through all that other tests have left
    try:
        assert taken(5000) < 30 * min(taken(500) for _ in range(5))
    finally:
        gc.enable()

"""`<a>` in a text: read as WeChat reads it, written so that nothing can break out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.content.text_links import Segment, TextLink, link_markup, segments, visible_text

PAGE = (
    '<a href="http://www.qq.com" data-miniprogram-appid="wx0123456789abcdef" '
    'data-miniprogram-path="pages/index/index?a=1">点击跳小程序</a>'
)


def test_the_labels_of_links_are_seen() -> None:
    text = f'您好，<a href="https://a.cn/?x=1&y=2">官网</a>或{PAGE}。'
    assert visible_text(text) == "您好，官网或点击跳小程序。"
    assert list(segments(text)) == [
        Segment("您好，"),
        Segment("官网", TextLink("官网", "https://a.cn/?x=1&y=2")),
        Segment("或"),
        Segment(
            "点击跳小程序",
            TextLink("点击跳小程序", "http://www.qq.com", "wx0123456789abcdef", "pages/index/index?a=1"),
        ),
        Segment("。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no link",
        "<a>x</a>",
        '<a href="">x</a>',
        '<a href="https://a.cn"></a>',
        '<a href="https://a.cn">x',
        "<a href=https://a.cn>x</a>",
        '<b href="https://a.cn">x</b>',
        "a < b > c",
    ],
)
def test_anything_else_is_ordinary_text(text: str) -> None:
    assert visible_text(text) == text
    assert all(segment.link is None for segment in segments(text))


def test_single_quotes_and_capitals_are_read_too() -> None:
    assert list(segments("<A HREF='https://a.cn' >x</A >")) == [Segment("x", TextLink("x", "https://a.cn"))]


def test_a_link_is_written_in_the_form_that_wechat_documents() -> None:
    link = TextLink("点击跳小程序", "http://www.qq.com", "wx0123456789abcdef", "pages/index/index?a=1")
    assert link_markup(link) == PAGE
    assert link_markup(TextLink("官网", "https://a.cn")) == '<a href="https://a.cn">官网</a>'


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
def test_no_label_and_no_address_breaks_out_of_a_link(label: str, address: str) -> None:
    made = list(segments("前" + link_markup(TextLink(label, address)) + "后"))
    assert [segment.link is not None for segment in made] == [False, True, False]
    assert made[1].text == label.replace("<", "＜").replace(">", "＞")

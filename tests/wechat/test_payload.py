"""What leaves for WeChat, against bodies that other programs send and an independent JSON reader."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.wechat.payload import to_body

SAMPLES = {
    sample["id"]: json.loads(sample["body"])
    for sample in json.loads((Path(__file__).parent.parent / "data" / "messages.json").read_text("utf-8"))
    if sample["direction"] == "out-api"
}

CONTENTS = {
    "wxjava-send-1-text": Content(text="sfsfdsdf"),
    "wxjava-send-2-image": Content(ReplyKind.IMAGE, media_id="MEDIA_ID"),
    "wxjava-send-3-link": Content(
        ReplyKind.LINK, title="title", description="description", url="url", thumb_url="thumbUrl"
    ),
    "wxjava-send-4-miniprogrampage": Content(
        ReplyKind.CARD, title="title", page_path="pagePath", thumb_media_id="thumbMediaId"
    ),
    "wxjava-send-5-link": Content(
        ReplyKind.LINK,
        title="title",
        description="description",
        url="https://mp.weixin.qq.com/s?__biz=MzI0MDA2OTY5NQ==",
        thumb_url="thumbUrl",
    ),
}


def test_there_is_a_content_for_every_sample() -> None:
    assert CONTENTS.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", CONTENTS)
def test_a_body_is_what_other_programs_send(name: str) -> None:
    assert json.loads(to_body("OPENID", CONTENTS[name])) == SAMPLES[name]


def test_text_leaves_as_it_is_read() -> None:
    body = to_body("o1", Content(text='您好 😊 <a href="https://a.example/?b=1&c">看</a>\n/::)'))
    assert "您好 😊 <a href".encode() in body
    assert b"\\u" not in body


@given(st.text())
def test_no_text_leaves_with_an_escape_or_breaks_the_json(text: str) -> None:
    body = to_body("o1", Content(text=text))
    assert b"\\u" not in body.replace(b"\\\\", b"")
    kept = "".join(c for c in text if c in "\n\t" or ord(c) >= 0x20)
    assert json.loads(body.decode("utf-8"))["text"]["content"].replace("\r", "") == kept


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert json.loads(to_body("o1", Content(text="a\ud83db")))["text"]["content"] == "a�b"

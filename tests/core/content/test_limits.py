"""What WeChat would refuse is refused before it is sent, with the field to mend."""

import pytest
from msgspec.structs import replace

from wxdesk.core.content import limits as contents
from wxdesk.core.errors import BadContent, ReplyEmpty, ReplyTooLong
from wxdesk.core.model.reply import Content, ReplyKind

DIGEST = "a" * 64
IMAGE = Content(ReplyKind.IMAGE, picture=DIGEST)
LINK = Content(ReplyKind.LINK, title="退货说明", description="七天内", url="https://shop.example/return?a=1")
CARD = Content(ReplyKind.CARD, title="茶具", page_path="pages/goods/detail?id=1024", thumb_picture=DIGEST)


@pytest.mark.parametrize(
    "content",
    [
        Content(text="好"),
        Content(text="好" * 682),
        IMAGE,
        Content(ReplyKind.IMAGE, media_id="M"),
        LINK,
        replace(LINK, description="", thumb_url="http://cdn.example/a.png"),
        replace(LINK, url="http://xn--fiqs8s:8080/路径", title="题" * 170),
        CARD,
        replace(CARD, thumb_picture="", thumb_media_id="M", page_path="/pages/a?next=https%3A%2F%2Fb"),
    ],
)
def test_content_that_wechat_takes_is_accepted(content: Content) -> None:
    contents.check(content)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(ReplyKind.IMAGE), "picture"),
        (replace(LINK, title=" \n"), "title"),
        (replace(LINK, title="题" * 171), "title"),
        (replace(LINK, description="d" * 1025), "description"),
        (replace(LINK, url=""), "url"),
        (replace(LINK, url="shop.example"), "url"),
        (replace(LINK, url="ftp://shop.example"), "url"),
        (replace(LINK, url="javascript:alert(1)"), "url"),
        (replace(LINK, url="https://"), "url"),
        (replace(LINK, url="https:///path"), "url"),
        (replace(LINK, url="https://[::1"), "url"),
        (replace(LINK, url="https://shop.example/a b"), "url"),
        (replace(LINK, url=" https://shop.example"), "url"),
        (replace(LINK, url="https://shop.example/" + "a" * 10_300), "url"),
        (replace(LINK, thumb_url="file:///etc/passwd"), "thumb_url"),
        (replace(LINK, thumb_url="https://shop.example/" + "a" * 10_300), "thumb_url"),
        (replace(CARD, title=""), "title"),
        (replace(CARD, page_path=""), "page_path"),
        (replace(CARD, page_path="https://shop.example/a"), "page_path"),
        (replace(CARD, page_path="weixin://dl"), "page_path"),
        (replace(CARD, page_path="//shop.example/a"), "page_path"),
        (replace(CARD, page_path="pages/a b"), "page_path"),
        (replace(CARD, page_path="p" * 10_300), "page_path"),
        (replace(CARD, thumb_picture=""), "thumb_picture"),
    ],
)
def test_content_that_wechat_refuses_is_refused_at_its_field(content: Content, field: str) -> None:
    with pytest.raises(BadContent) as refused:
        contents.check(content)
    assert refused.value.field == field
    assert refused.value.reason.endswith(".")


def test_texts_keep_their_own_errors() -> None:
    with pytest.raises(ReplyEmpty):
        contents.check(Content(text=" \n\u200b"))
    with pytest.raises(ReplyTooLong):
        contents.check(Content(text="好" * 683))

"""Which picture a message names: the one a contact sent, or the cover of a card."""

import msgspec
import pytest

from wxdesk.webhook.parse import read_push

HEAD = {"ToUserName": "gh_0123456789ab", "FromUserName": "oABC", "CreateTime": 1714037059, "MsgId": 1}


def _body(**fields: str) -> bytes:
    return msgspec.json.encode(HEAD | fields)


def test_a_picture_is_named_by_id_and_address() -> None:
    found = read_push(_body(MsgType="image", PicUrl="http://mmbiz.qpic.cn/a/0", MediaId="M"))
    assert (found.media_id, found.pic_url, found.names_picture) == ("M", "http://mmbiz.qpic.cn/a/0", True)


@pytest.mark.parametrize("fields", [{}, {"PicUrl": ""}, {"PicUrl": " "}])
def test_a_picture_may_be_named_by_its_id_alone(fields: dict[str, str]) -> None:
    found = read_push(_body(MsgType="image", MediaId="x" * 512, **fields))
    assert (found.media_id, found.pic_url, found.names_picture) == ("x" * 512, None, True)


def test_a_cards_cover_is_named_by_its_own_fields() -> None:
    card = {"MsgType": "miniprogrampage", "Title": "茶具", "PagePath": "pages/a", "MediaId": "not this"}
    found = read_push(_body(**card, ThumbUrl="http://mmbiz.qpic.cn/t/0", ThumbMediaId=" T "))
    assert (found.media_id, found.pic_url, found.names_picture) == ("T", "http://mmbiz.qpic.cn/t/0", True)


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "miniprogrampage", "Title": "茶具", "ThumbUrl": "", "ThumbMediaId": ""},
        {"MsgType": "image", "PicUrl": "", "MediaId": " "},
        {"MsgType": "image", "PicUrl": "", "MediaId": "x" * 513},
        {"MsgType": "text", "Content": "a", "MediaId": "M"},
        {"MsgType": "voice", "MediaId": "M", "Format": "amr"},
        {"MsgType": "video", "MediaId": "M", "ThumbMediaId": "T"},
    ],
)
def test_a_push_without_a_picture_names_no_picture(fields: dict[str, str]) -> None:
    assert not read_push(_body(**fields)).names_picture

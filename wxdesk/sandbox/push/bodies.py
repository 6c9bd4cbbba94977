"""Push bodies as WeChat writes them, in JSON and XML ("接收消息和事件")."""

from collections.abc import Mapping

import msgspec

from wxdesk.core.model.push import BodyFormat

type Fields = Mapping[str, str | int]


def text(content: str, msg_id: str) -> dict[str, str | int]:
    """Make the fields of a text message."""
    return {"MsgType": "text", "Content": content, "MsgId": int(msg_id)}


def image(pic_url: str, media_id: str, msg_id: str) -> dict[str, str | int]:
    """Make the fields of a picture."""
    return {"MsgType": "image", "PicUrl": pic_url, "MediaId": media_id, "MsgId": int(msg_id)}


def card(title: str, app_id: str, page_path: str, msg_id: str) -> dict[str, str | int]:
    """Make the fields of a mini-program card; empty thumbnail fields are legal."""
    return {
        "MsgType": "miniprogrampage",
        "MsgId": int(msg_id),
        "Title": title,
        "AppId": app_id,
        "PagePath": page_path,
        "ThumbUrl": "",
        "ThumbMediaId": "",
    }


def enter(session_from: str) -> dict[str, str | int]:
    """Make the fields of the event for entering the chat by the button."""
    return {"MsgType": "event", "Event": "user_enter_tempsession", "SessionFrom": session_from}


def session_event(event: str, kf_account: str) -> dict[str, str | int]:
    """Make the fields of kf_create_session or kf_close_session."""
    return {"MsgType": "event", "Event": event, "KfAccount": kf_account}


def write(fields: Fields, form: BodyFormat) -> bytes:
    """Write `fields` as one body: bare numbers, strings in CDATA or quotes, UTF-8."""
    if form is BodyFormat.JSON:
        return msgspec.json.encode(dict(fields))
    inner = "".join(f"<{name}>{_xml_value(value)}</{name}>\n" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


def _xml_value(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"

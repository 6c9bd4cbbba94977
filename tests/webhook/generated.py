"""Pushes as WeChat might write them, made by chance: every type, as JSON and as XML, with all its liberties."""

import json
import random
from dataclasses import dataclass
from xml.sax.saxutils import escape

PIECES = [
    "你好",
    "😀",
    "👨‍👩‍👧",
    "/::)",
    "[微笑]",
    "<b>&",
    '"\\',
    "]]>",
    "\n",
    " ",
    "abc",
    "\u2028",
    "٣",
    "&amp;",
    "\\u0041",
]
BLANKS = ["", "", " ", "\n", "\n\t "]

OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("Content",),
    "image": ("PicUrl", "MediaId"),
    "miniprogrampage": ("Title", "AppId", "PagePath", "ThumbUrl", "ThumbMediaId"),
    "voice": ("MediaId", "Format", "Recognition"),
    "video": ("MediaId", "ThumbMediaId"),
    "location": ("Location_X", "Location_Y", "Scale", "Label"),
    "link": ("Title", "Description", "Url"),
    "file": ("Title", "Description", "FileKey", "FileMd5", "FileTotalLen"),
    "something_new": ("Whatever", "BusinessId"),
    "event/user_enter_tempsession": ("SessionFrom",),
    "event/kf_create_session": ("KfAccount",),
    "event/kf_switch_session": ("FromKfAccount", "ToKfAccount"),
    "event/kf_close_session": ("KfAccount", "CloseType"),
    "event/wxa_media_check": ("appid", "trace_id", "isrisky"),
    "event/subscribe_msg_popup_event": (),
    "event/debug_demo": ("debug_str",),
}
"""The types, an event by its name behind `event/`, and the fields that are a type's own."""


@dataclass(frozen=True)
class Generated:
    """`fields` as WeChat means them; a nested one is a list or mapping of texts."""

    fields: dict[str, object]
    as_json: bytes
    as_xml: bytes

    @property
    def flat(self) -> dict[str, str]:
        """The fields that hold a text."""
        return {name: value for name, value in self.fields.items() if isinstance(value, str)}


def generated(number: int) -> Generated:
    """Push `number`; the same number gives the same push."""
    chance = random.Random(number)
    kind = list(OWN_FIELDS)[number % len(OWN_FIELDS)]
    msg_type, _, event = kind.partition("/")
    fields: dict[str, object] = {
        "ToUserName": chance.choice([f"gh_{chance.randrange(16**12):012x}", f"wx{chance.randrange(16**16):016x}"]),
        "FromUserName": "o" + "".join(chance.choices("ABCxyz019-_", k=27)),
        "CreateTime": str(chance.randrange(1, 2**32)),
        "MsgType": msg_type,
    }
    if event:
        fields["Event"] = chance.choice([event, event.upper(), event.title()])
    else:
        fields["MsgId"] = str(chance.choice([chance.randrange(2**53), chance.randrange(2**53, 2**64), 2**80]))
    for name in OWN_FIELDS[kind]:
        fields[name] = "x" + "".join(chance.choices(PIECES, k=chance.randrange(9))) + "x"
    if event == "subscribe_msg_popup_event":
        entries = [{"TemplateId": f"t{n}", "SubscribeStatusString": "accept"} for n in range(chance.randrange(1, 4))]
        fields["List"] = entries if len(entries) > 1 else entries[0]
    order = list(fields.items())
    chance.shuffle(order)
    return Generated(fields, _json(dict(order), chance), _xml(dict(order), chance))


def _json(fields: dict[str, object], chance: random.Random) -> bytes:
    written = dict(fields)
    for name in ("CreateTime", "MsgId"):
        if name in written and chance.random() < 0.6:
            written[name] = int(str(written[name]))
    text = json.dumps(written, ensure_ascii=chance.random() < 0.5, indent=chance.choice([None, None, 2]))
    return chance.choice([b"", b"", b"\xef\xbb\xbf", b"\n "]) + text.encode() + chance.choice([b"", b"\n"])


def _xml(fields: dict[str, object], chance: random.Random) -> bytes:
    elements = "".join(_element(name, value, chance) for name, value in fields.items())
    declaration = chance.choice(["", "", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff", "\n"])
    return f"{declaration}<xml>{elements}</xml>{chance.choice(BLANKS)}".encode()


def _element(name: str, value: object, chance: random.Random) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one, chance) for one in value)
    before, after, behind = chance.choices(BLANKS, k=3)
    if isinstance(value, dict):
        inner = "".join(_element(inside, one, chance) for inside, one in value.items())
    elif str(value).isdigit() or chance.random() < 0.3:
        inner = escape(str(value))
    else:
        inner = "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{before}{inner}{after}</{name}>{behind}"

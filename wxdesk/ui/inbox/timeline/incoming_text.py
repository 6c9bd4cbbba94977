"""Texts for events, unusual message types, and where contacts come from.

WeChat says that customers of a mini program send only text, pictures and cards; others still come, from
older clients or other programs. They are named, with what can be read of them.
"""

from wxdesk.core.content.writing_direction import contained
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.wechat.session_from import fields_of
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import kind_text, readable

_LONGEST_VALUE = 40

_NOT_HERE = {
    "voice": "Voice message. It cannot be heard here; listen to it in WeChat's own service tool.",
    "video": "Video. It cannot be played here; watch it in WeChat's own service tool.",
    "shortvideo": "Video. It cannot be played here; watch it in WeChat's own service tool.",
}


def other_text(message: Message) -> str:
    """Return the text of a message type without its own bubble, in one line or more."""
    lines: tuple[str, ...]
    match message.msg_type:
        case "voice" | "video" | "shortvideo":
            heard = _field(message, "Recognition")
            lines = (tr(_NOT_HERE[message.msg_type]), tr("WeChat heard: {text}", text=heard) if heard else "")
        case "location":
            place = " ".join(part for part in (kind_text("location"), readable(_field(message, "Label"))) if part)
            x, y = _field(message, "Location_X"), _field(message, "Location_Y")
            lines = (place, f"{x}, {y}" if x and y else "")
        case "link":
            title = f"{kind_text('link')} {readable(_field(message, 'Title'))}".strip()
            lines = (title, readable(_field(message, "Description")), _field(message, "Url"))
        case "file":
            name = f"{kind_text('file')} {_field(message, 'Title') or _field(message, 'Description')}".strip()
            lines = (name, _size(_field(message, "FileTotalLen")))
        case kind:
            lines = (tr("Message of the kind “{kind}”, which wxdesk cannot show. It is kept as it came.", kind=kind),)
    return "\n".join(line for line in lines if line)


def event_text(message: Message) -> str:
    """Return what happened in a conversation, on one line."""
    if message.type is MessageType.ENTER_SESSION:
        source = source_line(message.session_from or "")
        return tr("Came in from “{source}”", source=source) if source else tr("Came into the conversation")
    match message.event:
        case "kf_create_session":
            return _of_agent(tr("WeChat's own service tool has begun to serve"), _field(message, "KfAccount"))
        case "kf_switch_session":
            return _of_agent(tr("Passed on within WeChat's own service tool"), _field(message, "ToKfAccount"))
        case "kf_close_session":
            return _of_agent(tr("WeChat's own service tool has ended its session"), _field(message, "KfAccount"))
    return message.event or ""


def source_line(session_from: str) -> str:
    """Return a contact's source on one line: its fields, else the raw text."""
    fields = fields_of(session_from)
    told = (contained(f"{name} {_shortened(value)}".strip()) for name, value in fields.items())
    return " · ".join(told) or " ".join(session_from.split())


def source_rows(session_from: str) -> str:
    """Return a contact's source, one field a line."""
    rows = (tr("{name}: {value}", name=name, value=value) for name, value in fields_of(session_from).items())
    return "\n".join(rows) or session_from


def _of_agent(what: str, agent: str) -> str:
    return f"{what} · {agent}" if agent else what


def _field(message: Message, name: str) -> str:
    return contained(message.fields.get(name, "").strip())


def _size(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return ""
    kilobytes = -(-int(text) // 1024)
    return tr("{n} KB", n=kilobytes) if kilobytes < 1024 else tr("{n} MB", n=f"{kilobytes / 1024:.1f}")


def _shortened(value: str) -> str:
    one_line = " ".join(value.split())
    return one_line if len(one_line) <= _LONGEST_VALUE else one_line[: _LONGEST_VALUE - 1] + "…"

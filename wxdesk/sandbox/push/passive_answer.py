"""WeChat's reading of a listener's answer to a push ("接收消息和事件", "转发消息").

Valid are `success`, nothing, or `transfer_customer_service` in the mode and format of the push. Everything
else is a fault: the message comes again, and in the end the contact reads that the service is not
available.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from msgspec import Struct

from wxdesk.core.errors import PushRefused
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.platform.program import MiniProgram

TRANSFER = "transfer_customer_service"


class AnswerVerdict(StrEnum):
    """Meaning of an answer."""

    ACKNOWLEDGED = "acknowledged"
    TRANSFER = "transfer"
    WRONG = "wrong"
    SILENCE = "silence"  # none came
    NOT_PUSHED = "not_pushed"  # there was nothing to answer


class AnswerReading(Struct, frozen=True):
    """An answer as WeChat understands it; `reason` says in English what is wrong."""

    understood: AnswerVerdict
    reason: str = ""
    kf_account: str = ""

    @property
    def is_good(self) -> bool:
        """True if WeChat accepts the answer."""
        return self.understood in (AnswerVerdict.ACKNOWLEDGED, AnswerVerdict.TRANSFER)


class _Wrong(Exception):
    """The answer is invalid; its text says why."""


def read_answer(program: MiniProgram, pushed: Mapping[str, Any], status: int, answer: str) -> AnswerReading:
    """Interpret the `answer` to the push of the fields `pushed`."""
    if status != 200:
        return AnswerReading(AnswerVerdict.WRONG, f"HTTP status {status}, not 200")
    if answer in ("", "success"):
        return AnswerReading(AnswerVerdict.ACKNOWLEDGED)
    try:
        return _transfer(_opened(program, _fields_in(answer, program.format)), pushed)
    except _Wrong as wrong:
        return AnswerReading(AnswerVerdict.WRONG, str(wrong))


def _opened(program: MiniProgram, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    mode = program.account.push_mode
    if "Encrypt" not in fields:
        if mode is PushMode.SECURE:
            raise _Wrong("in secure mode the answer must be encrypted")
        return fields
    if mode is PushMode.PLAIN:
        raise _Wrong("in plain mode the answer must not be encrypted")
    try:
        parts = [str(fields[name]) for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt")]
        text = program.cipher.open(*parts).decode()
    except KeyError as missing:
        raise _Wrong(f"the encrypted answer has no {missing}") from None
    except (PushRefused, UnicodeDecodeError):
        raise _Wrong("the encrypted answer's signature, key or app id is wrong") from None
    if text == "success":
        raise _Wrong("success must not be encrypted")
    return _fields_in(text, program.format)


def _transfer(fields: Mapping[str, Any], pushed: Mapping[str, Any]) -> AnswerReading:
    if fields.get("MsgType") != TRANSFER:
        raise _Wrong(f"a mini program can answer a push with {TRANSFER} only")
    if pushed.get("MsgType") == "event":
        raise _Wrong("an event cannot be handed over, only a message")
    if fields.get("ToUserName") != pushed.get("FromUserName"):
        raise _Wrong("ToUserName must be the contact's openid")
    if fields.get("FromUserName") != pushed.get("ToUserName"):
        raise _Wrong("FromUserName must be the mini program's original id")
    if not str(fields.get("CreateTime", "")).isdigit():
        raise _Wrong("CreateTime must be seconds")
    info = fields.get("TransInfo")
    kf_account = str(info.get("KfAccount", "")) if isinstance(info, dict) else ""
    return AnswerReading(AnswerVerdict.TRANSFER, kf_account=kf_account)


def _fields_in(text: str, form: BodyFormat) -> Mapping[str, Any]:
    if form is BodyFormat.JSON:
        try:
            fields = msgspec.json.decode(text)
        except msgspec.DecodeError:
            raise _Wrong("neither success nor JSON, the format of the push") from None
        if not isinstance(fields, dict):
            raise _Wrong("not a JSON object")
        return fields
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        raise _Wrong("neither success nor XML, the format of the push") from None
    if root.tag != "xml":
        raise _Wrong("the root of the XML must be <xml>")
    return {element.tag: _value(element) for element in root}


def _value(element: Element) -> str | dict[str, str]:
    inner = {child.tag: (child.text or "").strip() for child in element}
    return inner or (element.text or "").strip()

"""Signs and encodes one push in its mode and format, distorted by planned faults."""

from collections.abc import Iterable

from msgspec import Struct

from wxdesk.core.model.account import PushMode
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push import bodies
from wxdesk.webhook.crypto import signature

USUAL_CONTENT_TYPE = "text/xml"
"""Content-Type that WeChat's servers send with every body."""

FOREIGN_CONTENT_TYPE = "application/x-www-form-urlencoded"

_BOM = b"\xef\xbb\xbf"
_LIE = "这不是客户写的"


class Shape(Struct, frozen=True):
    """Distortions of a push; none by default."""

    wrong_signature: bool = False
    plain_body: bool = False
    bom: bool = False
    twins: bool = False
    content_type: str = USUAL_CONTENT_TYPE

    @staticmethod
    def under(faults: Iterable[SimulatedFault]) -> "Shape":
        """Make the shape that these faults cause."""
        kinds = {fault.kind: fault for fault in faults}
        foreign = kinds.get(FaultKind.CONTENT_TYPE)
        return Shape(
            FaultKind.WRONG_SIGNATURE in kinds,
            FaultKind.PLAIN_BODY in kinds,
            FaultKind.BOM in kinds,
            FaultKind.TWINS in kinds,
            USUAL_CONTENT_TYPE if foreign is None else foreign.text or FOREIGN_CONTENT_TYPE,
        )

    @property
    def is_forged(self) -> bool:
        """True if the push does not come from WeChat, so it is not retried."""
        return self.wrong_signature or self.plain_body


USUAL = Shape()


def sign(
    program: MiniProgram, openid: str, fields: bodies.Fields, timestamp: str, nonce: str, shape: Shape = USUAL
) -> tuple[dict[str, str], bytes]:
    """Make query and body of one push in the program's mode and format."""
    cipher = program.cipher
    query = {"signature": cipher.sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": openid}
    bom = _BOM if shape.bom else b""
    clear = bom + bodies.write(fields, program.format)
    if program.account.push_mode is PushMode.PLAIN or shape.plain_body:
        return _signed_wrongly(query) if shape.wrong_signature else query, clear
    encrypted = cipher.encrypt(clear)
    query |= {"encrypt_type": "aes", "msg_signature": cipher.sign_encrypted(timestamp, nonce, encrypted)}
    visible = dict(fields) if program.account.push_mode is PushMode.COMPAT else {}
    if shape.twins:
        visible = dict(fields) | {"FromUserName": "o" + "0" * 27, "MsgType": "text", "Content": _LIE}
    visible |= {"ToUserName": program.account.original_id, "Encrypt": encrypted}
    body = bom + bodies.write(visible, program.format)
    return _signed_wrongly(query) if shape.wrong_signature else query, body


def _signed_wrongly(query: dict[str, str]) -> dict[str, str]:
    wrong = signature("another token", query["timestamp"], query["nonce"])
    return {name: wrong if name.endswith("signature") else value for name, value in query.items()}

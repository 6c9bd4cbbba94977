"""Texts of the page about faults, pushes and the remaining quota."""

from collections.abc import Mapping
from datetime import UTC, datetime

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.i18n import names, ntr, number_text, tr
from wxdesk.sandbox.platform.contacts import ChatLine, ChatSide
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.port import Phone, PushReport, SimulatedCustomer
from wxdesk.ui.wording.messages import kind_text, readable, short_openid
from wxdesk.ui.wording.times import time_left_text

ERRCODES = (45047, 45015, -1, 45011, 45009, 40001, 42001, 40003, 40007, 40164, 43019, 45002, 48001, 48002, 87014)
"""Errcodes that a desk meets; the sandbox's HTTP API has all."""

GROUPS: Mapping[str, tuple[FaultKind, ...]] = {
    "When the desk sends": (
        FaultKind.LATENCY, FaultKind.AFTER, FaultKind.BEFORE, FaultKind.ERRCODE, FaultKind.RESET_AFTER,
        FaultKind.GATEWAY, FaultKind.GARBAGE,
    ),
    "When WeChat pushes": (
        FaultKind.DUPLICATE, FaultKind.RETRY_SAME_NONCE, FaultKind.DELAY, FaultKind.REORDER, FaultKind.DROP,
        FaultKind.WRONG_SIGNATURE, FaultKind.PLAIN_BODY,
    ),
}  # fmt: skip
"""Faults by heading."""


def name_text(someone: SimulatedCustomer | Phone) -> str:
    """Return the customer's name, or a shortened openid."""
    return someone.name or short_openid(someone.openid)


fault_text = names(
    {
        FaultKind.LATENCY: "WeChat answers slowly",
        FaultKind.AFTER: "It is delivered, but the answer never comes",
        FaultKind.BEFORE: "It is not delivered, and no answer comes",
        FaultKind.ERRCODE: "WeChat refuses with an error",
        FaultKind.RESET_AFTER: "It is delivered, then the connection breaks",
        FaultKind.GATEWAY: "A gateway answers with its error page (502)",
        FaultKind.GARBAGE: "It is delivered, but the answer cannot be read",
        FaultKind.DUPLICATE: "A message comes twice at the same time",
        FaultKind.RETRY_SAME_NONCE: "A message comes again after it was answered",
        FaultKind.DELAY: "A message comes late",
        FaultKind.REORDER: "A message is overtaken by the next one",
        FaultKind.DROP: "A message gets lost on its way",
        FaultKind.WRONG_SIGNATURE: "A stranger sends it, with a wrong signature",
        FaultKind.PLAIN_BODY: "A stranger sends it unencrypted",
    }
)
"""A kind of fault in a sentence."""


def remaining_text(active: SimulatedFault) -> str:
    """Describe a fault's remaining times."""
    if active.times is None:
        return tr("every time")
    return ntr("{n} more time", "{n} more times", active.times)


def report_word(report: PushReport) -> str:
    """Describe the outcome of a push."""
    if not report.pushed:
        return tr("The message was not pushed.")
    if report.accepted:
        return tr("The desk took it in {n} ms.", n=number_text(report.milliseconds))
    one, many = "The desk did not take it in {n} try: {reason}", "The desk did not take it in {n} tries: {reason}"
    return ntr(one, many, report.tries, reason=tr(report.reason))


def window_text(phone: Phone, now: datetime) -> str:
    """Describe the customer's reply window and remaining quota."""
    if phone.until is None:
        return tr("May not be written to yet")
    if now >= phone.until:
        return tr("The time for replies is over")
    span = time_left_text(phone.until - now)
    return ntr("Can receive {n} more · {span}", "Can receive {n} more · {span}", phone.left, span=span)


_KINDS = {"text": ReplyKind.TEXT, "image": ReplyKind.IMAGE, "link": ReplyKind.LINK, "miniprogrampage": ReplyKind.CARD}


def content_of(line: ChatLine) -> Content:
    """Return what a line of the chat shows; pictures are named by their media_id."""
    part = {name: str(value) for name, value in line.content.items()}
    return Content(
        kind=_KINDS.get(line.kind, ReplyKind.TEXT),
        text=part.get("content", ""),
        title=part.get("title", ""),
        description=part.get("description", ""),
        url=part.get("url", ""),
        page_path=part.get("pagepath", ""),
        picture=part.get("media_id", ""),
        thumb_picture=part.get("thumb_media_id", ""),
    )


def line_text(line: ChatLine) -> str:
    """Shorten a line of the chat to one line of text."""
    if line.side is ChatSide.NOTICE:
        return tr("Entered the chat") if line.kind == "enter" else tr("Service not available")
    content = content_of(line)
    text = " ".join(readable(content.summary).split())
    return text or kind_text(content.kind.value)


def customer_text(customer: SimulatedCustomer) -> str:
    """Describe the customer's last line and its author."""
    if customer.last is None:
        return tr("Has not written yet")
    if customer.last.side is ChatSide.SHOP:
        return tr("Shop: {text}", text=line_text(customer.last))
    return line_text(customer.last)


TYPING = ChatLine(datetime.min.replace(tzinfo=UTC), ChatSide.NOTICE, "typing", {})
"""Last line of the chat while the shop is typing."""


def notice_text(line: ChatLine) -> str:
    """Format a notice in the chat, shown in grey."""
    if line is TYPING:
        return tr("The shop is typing…")
    if line.kind != "enter":
        return tr("WeChat: this mini program's service is not available, please try later")
    if line.text:
        return tr("Entered by the button · {session_from}", session_from=line.text)
    return tr("Entered by the button")

"""Texts of the page about mishaps, pushes and the remaining quota."""

from collections.abc import Mapping
from datetime import datetime

from wxdesk.i18n import names, ntr, number_text, tr
from wxdesk.ui.simulator.port import ActiveMishap, Mishap, Phone, PhoneLine, PhoneSide, PushReport, SimulatedCustomer
from wxdesk.ui.wording.messages import kind_text, readable, short_openid
from wxdesk.ui.wording.times import time_left_text

ERRCODES = (45047, 45015, -1, 45011, 45009, 40001, 42001, 40003, 40007, 40164, 43019, 45002, 48001, 48002, 87014)
"""Errcodes that a desk meets; the sandbox's HTTP API has all."""

GROUPS: Mapping[str, tuple[Mishap, ...]] = {
    "When the desk sends": (
        Mishap.LATENCY, Mishap.AFTER, Mishap.BEFORE, Mishap.ERRCODE, Mishap.RESET_AFTER, Mishap.GATEWAY, Mishap.GARBAGE,
    ),
    "When WeChat pushes": (
        Mishap.DUPLICATE, Mishap.RETRY_SAME_NONCE, Mishap.DELAY, Mishap.REORDER, Mishap.DROP,
        Mishap.WRONG_SIGNATURE, Mishap.PLAIN_BODY,
    ),
}  # fmt: skip
"""Mishaps by heading."""


def name_text(someone: SimulatedCustomer | Phone) -> str:
    """Return the customer's name, or a shortened openid."""
    return someone.name or short_openid(someone.openid)


mishap_text = names(
    {
        Mishap.LATENCY: "WeChat answers slowly",
        Mishap.AFTER: "It is delivered, but the answer never comes",
        Mishap.BEFORE: "It is not delivered, and no answer comes",
        Mishap.ERRCODE: "WeChat refuses with an error",
        Mishap.RESET_AFTER: "It is delivered, then the connection breaks",
        Mishap.GATEWAY: "A gateway answers with its error page (502)",
        Mishap.GARBAGE: "It is delivered, but the answer cannot be read",
        Mishap.DUPLICATE: "A message comes twice at the same time",
        Mishap.RETRY_SAME_NONCE: "A message comes again after it was answered",
        Mishap.DELAY: "A message comes late",
        Mishap.REORDER: "A message is overtaken by the next one",
        Mishap.DROP: "A message gets lost on its way",
        Mishap.WRONG_SIGNATURE: "A stranger sends it, with a wrong signature",
        Mishap.PLAIN_BODY: "A stranger sends it unencrypted",
    }
)
"""A mishap in a sentence."""


def remaining_text(active: ActiveMishap) -> str:
    """Describe a mishap's remaining times."""
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


def line_text(line: PhoneLine) -> str:
    """Shorten a line of the chat to one line of text."""
    if line.side is PhoneSide.ENTERED:
        return tr("Entered the chat")
    if line.side is PhoneSide.NOT_AVAILABLE:
        return tr("Service not available")
    text = " ".join(readable(line.content.summary).split())
    return text or kind_text(line.content.kind.value)


def customer_text(customer: SimulatedCustomer) -> str:
    """Describe the customer's last line and its author."""
    if customer.last is None:
        return tr("Has not written yet")
    if customer.last.side is PhoneSide.SHOP:
        return tr("Shop: {text}", text=line_text(customer.last))
    return line_text(customer.last)


def notice_text(line: PhoneLine) -> str:
    """Format a notice in the chat, shown in grey."""
    if line.side is PhoneSide.TYPING:
        return tr("The shop is typing…")
    if line.side is PhoneSide.NOT_AVAILABLE:
        return tr("WeChat: this mini program's service is not available, please try later")
    if line.content.text:
        return tr("Entered by the button · {session_from}", session_from=line.content.text)
    return tr("Entered by the button")

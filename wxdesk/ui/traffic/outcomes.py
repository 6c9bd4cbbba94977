"""Texts for the outcomes in `PushSeen.outcome` and `ApiCalled.outcome`.

The reasons of a refusal are those of the listener (`webhook.refusal`), with the status that its sender got;
a test holds the two tables together.
"""

import re
from dataclasses import dataclass

from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.i18n import tr

REFUSED = "refused: "


@dataclass(frozen=True, slots=True)
class RefusalExplanation:
    """Text of a refusal: the HTTP status, a short form, and a sentence with advice."""

    status: int
    short: str
    sentence: str


REFUSALS: dict[str, RefusalExplanation] = {
    "unknown address": RefusalExplanation(
        404,
        "unknown address",
        "No account has this address. The push URL in WeChat's console must end with /wx/ and the account's name.",
    ),
    "wrong method": RefusalExplanation(
        405, "wrong method", "Somebody called this address in a way that WeChat never does."
    ),
    "not HTTP": RefusalExplanation(
        400, "not HTTP", "What arrived was no HTTP request. Scanners on the internet do that."
    ),
    "too large": RefusalExplanation(413, "too large", "The request was far larger than any real push."),
    "compressed": RefusalExplanation(415, "compressed", "The body was compressed, which WeChat never does."),
    "too slow": RefusalExplanation(
        408, "too slow", "The body did not arrive in time. Look at the tunnel if this repeats."
    ),
    "broken off": RefusalExplanation(400, "broken off", "The connection broke before the whole body had arrived."),
    "no credentials": RefusalExplanation(
        403, "no credentials", "This account has no usable push Token or EncodingAESKey, so no push can be checked."
    ),
    "query": RefusalExplanation(
        403, "incomplete", "The parameters that WeChat sends with every push were missing or doubled."
    ),
    "not encrypted": RefusalExplanation(
        403, "not encrypted", "What arrived held nothing encrypted, and was no message either."
    ),
    "old": RefusalExplanation(
        403,
        "too old",
        "A genuine request of another day: somebody kept it and sent it again. Messages never take a day to arrive.",
    ),
    "plain text": RefusalExplanation(
        403,
        "plain text: attack",
        "A message came in plain text, but the account takes only encrypted ones. Somebody tried to slip it in, or "
        "WeChat's console is not set to secure mode.",
    ),
    "signature": RefusalExplanation(
        403,
        "wrong signature",
        "The signature does not fit: the push Token here and in WeChat's console differ, or it was not WeChat.",
    ),
    "decryption": RefusalExplanation(
        403, "not decrypted", "The push could not be decrypted: the EncodingAESKey here and in the console differ."
    ),
    "app_id": RefusalExplanation(403, "another app id", "The push was meant for another mini program."),
}

_ANSWERS = {
    "failed: store": ("503 not kept", "The database could not be written, so WeChat was asked to send it again."),
    "failed: overloaded": ("503 too many", "Too many pushes waited for the disk; WeChat was asked to send it again."),
    "failed: unexpected": ("500 fault", "Something unexpected happened; the log has more. WeChat sends it again."),
}

ANSWERS_SENT = {"kept": "success", "duplicate": "success", "checked": "echostr"}
"""Answers to requests, by outcome, as WeChat got them."""

_CODE = re.compile(r"-?\d+\b")


def refusal_of(outcome: str) -> RefusalExplanation | None:
    """Find the text of a refusal; None if the request was not refused."""
    if not outcome.startswith(REFUSED):
        return None
    why = outcome.removeprefix(REFUSED)
    return REFUSALS.get(why, RefusalExplanation(403, why, "The request was refused."))


def push_result(outcome: str, *, unread: bool = False) -> tuple[str, str]:
    """Describe a request's outcome and its colour; `unread`: stored, not understood."""
    refusal = refusal_of(outcome)
    if refusal is not None:
        return f"{refusal.status} {tr(refusal.short)}", "failed"
    if outcome in _ANSWERS:
        return tr(_ANSWERS[outcome][0]), "failed"
    if outcome == "duplicate":
        return tr("Repeated, acknowledged"), "pending"
    if outcome == "checked":
        return tr("Confirmed"), "accent"
    if outcome == "transferred":
        return tr("Transferred"), "accent"
    return (tr("Kept as it came"), "pending") if unread else (tr("Received"), "accent")


def push_sentence(outcome: str) -> str:
    """Explain an unusual outcome; empty for an ordinary one."""
    refusal = refusal_of(outcome)
    if refusal is not None:
        return tr(refusal.sentence)
    if outcome in _ANSWERS:
        return tr(_ANSWERS[outcome][1])
    if outcome == "duplicate":
        return tr("WeChat sent this push again. It had been kept already and was only acknowledged.")
    if outcome == "transferred":
        return tr("The answer handed the customer over to WeChat's own service tool.")
    if outcome == "checked":
        return tr("WeChat asked whether this address is yours, as it does when its console saves the push settings.")
    return ""


def call_code(outcome: str) -> int | None:
    """Read WeChat's errcode, 0 included; None if WeChat gave none."""
    found = _CODE.match(outcome)
    return int(found.group()) if found else None


def call_problem(outcome: str, errmsg: str = "") -> str:
    """Describe the failure of a call; `errmsg` is WeChat's own text."""
    code = call_code(outcome)
    return outcome if code is None else refusal_text(code, errmsg).meaning

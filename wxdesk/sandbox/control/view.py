"""Views of the sandbox for the control API: plain data for JSON, no secrets."""

from typing import Any

from msgspec.structs import asdict

from wxdesk.sandbox.platform.contacts import SimulatedContact
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.push.journal import PushRecord
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.simulated_wechat import SimulatedWeChat


def push_outcome(outcome: PushOutcome) -> dict[str, Any]:
    """Describe the listener's answer to a push."""
    return {
        "accepted": outcome.accepted,
        "answer": outcome.answer,
        "understood": outcome.reading.understood.value,
        "reason": outcome.reading.reason,
        "attempts": [asdict(attempt) for attempt in outcome.attempts],
    }


def state(sandbox: SimulatedWeChat) -> dict[str, Any]:
    """Describe everything at a glance."""
    return {
        "now": sandbox.clock(),
        "ahead_seconds": sandbox.clock.ahead.total_seconds(),
        "accounts": accounts(sandbox.platform),
        "customers": customers(sandbox.platform),
        "faults": faults(sandbox),
        "counters": counters(sandbox),
    }


def accounts(platform: Platform) -> list[dict[str, Any]]:
    """Describe the mini programs with their settings, without secrets."""
    return [
        {
            "account": program.account.name,
            "app_id": program.account.app_id,
            "original_id": program.account.original_id,
            "push_url": program.push_url,
            "push_mode": program.account.push_mode.value,
            "format": program.format.value,
            "settings": asdict(program.settings),
        }
        for program in platform.programs
    ]


def customers(platform: Platform) -> list[dict[str, Any]]:
    """Describe everybody who ever wrote or entered, with what is allowed."""
    return [customer(account, contact, platform) for account, contact in platform.contacts()]


def customer(account: str, contact: SimulatedContact, platform: Platform) -> dict[str, Any]:
    """Describe one customer."""
    now, allowance = platform.clock(), contact.allowance
    return {
        "account": account,
        "openid": contact.openid,
        "left": allowance.left,
        "until": allowance.until,
        "open": allowance.until is not None and now < allowance.until,
        "typing": allowance.typing(now),
        "session": contact.session.state(now).value,
        "blocked": contact.blocked,
        "refuses": contact.refuses,
        "lines": len(contact.lines),
    }


def faults(sandbox: SimulatedWeChat) -> list[dict[str, Any]]:
    """List the planned faults; `id` removes one."""
    return [{"id": number, **asdict(fault)} for number, fault in sandbox.faults.planned.items()]


def counters(sandbox: SimulatedWeChat) -> dict[str, int]:
    """Count delivered messages, messages delivered twice, and pushes by success."""
    return {
        "delivered": len(sandbox.platform.sent),
        "doubled": sum(contact.doubled for _, contact in sandbox.platform.contacts()),
        "pushed": sandbox.journal.pushed,
        "push_failed": sandbox.journal.push_failed,
    }


def push(made: PushRecord) -> dict[str, Any]:
    """Describe one push with its answers."""
    fields = {name: value for name, value in asdict(made).items() if name != "outcome"}
    return fields | push_outcome(made.outcome)

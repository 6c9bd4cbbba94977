"""Renders the tables of the papers from the code: `uv run python docs/dev/render_tables.py`.

A page names a table in a comment, `<!-- table: NAME -->`, and ends it with `<!-- end -->`. What stands between
is replaced. `tests/test_papers.py` holds that the committed pages are what this renders.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wxdesk import i18n
from wxdesk.core.conversations.attention_judging import attention_for
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import Takeover, end_after_message, takeover_after_writing
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.core.replies.lifecycle import REPLY_MOVES, Move, effective_mode, first_state, is_taken_over
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.desk.setup.wording import holes

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    ROOT / "ARCHITECTURE.md",
    *sorted((ROOT / "docs").glob("setup*.md")),
    *sorted((ROOT / "docs/dev").glob("*.md")),
    ROOT / "docs/adr/README.md",
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONTACT = Contact(1, "shop", "o", NOW)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Format a Markdown table."""
    head = list(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def reply_moves() -> str:
    """Draw the states of a reply, and list where each move leads."""
    edges = [f"    [*] --> {first_state(mode)}: {mode}" for mode in ReplyMode if first_state(mode)]
    edges += [f"    {before} --> {after}: {move}" for (before, move), after in REPLY_MOVES.items()]
    drawn = "\n".join(["```mermaid", "stateDiagram-v2", *edges, "```"])
    rows = [
        [f"**{state}**", ", ".join(f"{move} → {after}" for (at, move), after in REPLY_MOVES.items() if at is state)]
        for state in ReplyState
    ]
    return f"{drawn}\n\n{table(['state', 'moves'], rows)}"


def moves() -> str:
    """List the moves with the comments behind them."""
    meanings = re.findall(r'= "(\w+)"  # (.*)', inspect.getsource(Move))
    return table(["move", "meaning"], ([f"**{move}**", meaning] for move, meaning in meanings))


def first_states() -> str:
    """List the state in which an automatic reply begins, by mode."""
    return table(["mode", "begins as"], ([mode, first_state(mode) or "no reply is made"] for mode in ReplyMode))


def modes() -> str:
    """List the mode that applies, by the conversation's mode and the rule's delivery."""
    deliveries = [delivery for delivery in Delivery if delivery is not Delivery.SHADOW]
    rows = [[mode or "(none)", *(_mode_cell(mode, delivery) for delivery in deliveries)] for mode in (None, *ReplyMode)]
    return table(["conversation ↓ · rule →", *deliveries], rows)


def _mode_cell(mode: ReplyMode | None, delivery: Delivery) -> str:
    conversation = Conversation(1, "shop", CONTACT, mode=mode)
    rule = Rule(name="rule", delivery=delivery)
    found = {
        effective_mode(rule, conversation, Account("shop", "wx", "gh", reply_mode=account)).mode
        for account in (ReplyMode.AUTO, ReplyMode.DRAFT)
    }
    return found.pop() if len(found) == 1 else "the account's"


def takeovers() -> str:
    """List what writing and time do to each kind of takeover."""
    kinds: Mapping[str, Takeover | None] = {
        "none": None,
        "until handed back": Takeover(None),
        "for an hour": Takeover(NOW + HOUR),
        "until nobody has written for an hour": Takeover(NOW + HOUR / 2, silence=3600),
        "by writing": Takeover(NOW + timedelta(minutes=10), by_writing=True),
        "over, not handed back": Takeover(NOW - HOUR),
    }
    head = ["takeover", "rules are silent", "the operator writes", "a message or reply is kept"]
    return table(head, ([name, *_takeover_cells(takeover)] for name, takeover in kinds.items()))


def _takeover_cells(takeover: Takeover | None) -> list[str]:
    until = None if takeover is None else takeover.until
    conversation = Conversation(1, "shop", CONTACT, taken_over=takeover is not None, taken_over_until=until)
    span = timedelta(minutes=Preferences().takeover_minutes)
    after = takeover_after_writing(takeover, NOW, span)
    end = None if takeover is None else end_after_message(takeover.until, takeover.silence, NOW)
    silent = is_taken_over(conversation, NOW)
    written = "stays as it is"
    if after != takeover:
        written = f"{'extended to' if silent else 'begins, for'} {_minutes(after.until)} minutes"
    moved = "stays as it is" if end == until else f"ends {_minutes(end)} minutes after that"
    return ["yes" if silent else "no", written, "–" if takeover is None else moved]


def _minutes(until: datetime | None) -> int:
    return 0 if until is None else int((until - NOW).total_seconds() // 60)


def statuses() -> str:
    """List how each status is stored, and what a waiting contact means in it."""
    set_columns: Mapping[str, Mapping[str, datetime]] = {
        "–": {},
        "`snoozed_until`": {"snoozed_until": NOW + HOUR},
        "`resolved_at`": {"resolved_at": NOW},
    }
    rows = []
    for column, values in set_columns.items():
        conversation = Conversation(1, "shop", CONTACT, waiting_since=NOW, called_at=NOW, **values)  # type: ignore[arg-type]
        calls = attention_for(InboxRow(conversation), 2, Preferences(), NOW)
        yes = {True: "yes", False: "no"}
        rows.append([conversation.status, column, yes[conversation.awaits_answer], yes[bool(calls)]])
    return table(["status", "column that is set", "counts as waiting", "calls for somebody"], rows)


def rooms() -> str:
    """List the rooms of the package by the first lines of their docstrings."""
    rows = []
    for init in sorted((ROOT / "wxdesk").rglob("__init__.py")):
        room = init.parent.relative_to(ROOT / "wxdesk")
        text = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
        if 1 <= len(room.parts) <= 2:
            rows.append([f"`{room.as_posix()}`", text.partition("\n")[0]])
    return table(["room", "what belongs there"], rows)


def records() -> str:
    """List the decision records by their titles."""
    found = []
    for page in sorted((ROOT / "docs/adr").glob("[0-9]*.md")):
        title = page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        found.append(f"- [{page.name[:4]}]({page.name}) {re.sub(r'^[0-9]{4}[:. –-]*', '', title)}")
    return "\n".join(found)


def verdicts() -> str:
    """List every verdict of a check with what it tells, and what mends it."""
    return _verdicts("en", ("verdict", "", "what it tells", "what mends it"))


def verdicts_in_chinese() -> str:
    """List the same in Chinese."""
    return _verdicts("zh_CN", ("名称", "", "意思", "怎么解决"))


GRAVITIES = {Gravity.GOOD: "ok", Gravity.NOTE: "note", Gravity.WARNING: "warn", Gravity.FAILURE: "FAIL"}


def _verdicts(language: str, head: Iterable[str]) -> str:
    before = i18n.language()
    i18n.use(language)
    try:
        return table(head, [_verdict_cells(verdict) for verdict in CheckVerdict])
    finally:
        i18n.use(before)


def _verdict_cells(verdict: CheckVerdict) -> list[str]:
    wording = sentences.WORDINGS[verdict]
    names = {hole for sentence in (*wording.texts, wording.remedy) for hole in holes(sentence)} - {"account"}
    finding = Finding(Check.PUSH, verdict, "shop", {name: f"‹{name}›" for name in names - {"in_config"}})
    told = sentences.text(finding) if verdict is not CheckVerdict.OK else i18n.tr(wording.text({}))
    return [f"`{verdict}`", GRAVITIES[verdict.gravity], told, sentences.remedy(finding) or "–"]


TABLES: Mapping[str, Callable[[], str]] = {
    made.__name__: made
    for made in (
        reply_moves,
        moves,
        first_states,
        modes,
        takeovers,
        statuses,
        rooms,
        records,
        verdicts,
        verdicts_in_chinese,
    )
}


def rendered(text: str) -> str:
    """Fill every table that `text` names."""
    marked = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
    return marked.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(rendered(page.read_text(encoding="utf-8")), encoding="utf-8")

"""Revisions of sums: figures by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from wxdesk.store.migrations.shapes import create, moment, partial_index, text

if TYPE_CHECKING:
    from alembic.operations import Operations

HOUR = 3_600_000_000

NOTE = """
INSERT INTO changed_hours (hour, tx, n) SELECT DISTINCT at / {hour}, {tx}, 1 FROM ({times}) AS times
WHERE at IS NOT NULL ON CONFLICT (hour, tx) DO {again};
"""

UNANSWERED = """
SELECT m.at FROM messages AS m WHERE m.conversation_id = {conversation} AND m.at <= {until}
    AND m.at > coalesce({answered_at}, -1) AND (m.id > coalesce({heard}, 0) OR m.at > coalesce({sent_at}, -1))
"""
LAST = """(SELECT {what} FROM replies AS r LEFT JOIN messages AS s ON s.id = r.message_id
    WHERE r.conversation_id = {conversation} AND r.sent_at <= {until} AND NOT r.promise {other}
    ORDER BY r.sent_at DESC, r.id DESC LIMIT 1)"""
WHAT = {
    "answered_at": "CASE WHEN coalesce(s.at, 0) < r.sent_at THEN coalesce(s.at, 0) ELSE r.sent_at END",
    "heard": "CASE WHEN r.message_id IS NULL AND r.heard_id IS NULL THEN 9223372036854775807 ELSE r.heard_id END",
    "sent_at": "r.sent_at",
}


def unanswered(conversation: str, until: str, other: str = "") -> str:
    """Return the times of messages that the last reply `until` then leaves open.

    Bounded by what that reply answered, so that a long conversation costs no more than a short one.
    """
    named = {"conversation": conversation, "until": until}
    last = {name: LAST.format(what=what, other=other, **named) for name, what in WHAT.items()}
    return UNANSWERED.format(**named, **last)


SENT = f"""
SELECT new.created_at AS at UNION SELECT new.sent_at
UNION SELECT min(sent_at) FROM replies WHERE conversation_id = new.conversation_id AND sent_at > new.sent_at
UNION {unanswered("new.conversation_id", "new.sent_at", "AND r.id <> new.id")}
"""  # noqa: S608 - written here

RESOLVED = f"""
SELECT sent_at AS at FROM replies WHERE conversation_id = new.id
    AND (sent_at >= old.settled_at OR sent_at >= new.settled_at)
UNION {unanswered("new.id", "old.settled_at")} UNION {unanswered("new.id", "new.settled_at")}
"""  # noqa: S608 - written here

DECIDED = """
SELECT at FROM messages WHERE id = {row}.message_id
UNION SELECT r.sent_at FROM messages AS m JOIN replies AS r ON r.conversation_id = m.conversation_id
    AND r.sent_at >= m.at WHERE m.id = {row}.message_id
"""

WRITTEN = """
SELECT {row}.at AS at
UNION SELECT sent_at FROM replies WHERE conversation_id = {row}.conversation_id AND sent_at >= {row}.at
"""

TIMES = (
    *(
        (table, event, times.format(row=row))
        for table, times in (("messages", WRITTEN), ("decisions", DECIDED), ("rule_firings", "SELECT {row}.at AS at"))
        for event, row in (("INSERT", "new"), ("DELETE", "old"))
    ),
    ("decisions", "UPDATE OF outcome, rule_id", DECIDED.format(row="new")),
    ("replies", "INSERT", SENT),
    ("replies", 'UPDATE OF state, edited, "by", error, errcode, passed_by', "SELECT new.created_at AS at"),
    ("replies", "UPDATE OF sent_at, promise", SENT),
    ("replies", "DELETE", "SELECT old.created_at AS at UNION SELECT old.sent_at"),
    ("conversations", "UPDATE OF settled_at", RESOLVED),
)
"""Times whose hours change with a row of a table; some more do no harm."""

STORED = (("messages", "at"), ("rule_firings", "at"), ("replies", "created_at"), ("replies", "sent_at"))


def to_0036(op: Operations) -> None:
    """Add sums by hour, and the hours whose sums are not those of the rows.

    Triggers note the hours, so that whoever changes a row changes its hour in the same transaction.
    """
    create(op, "changed_hours", moment("hour", "tx", "n"), key=("hour", "tx"), sqlite_with_rowid=False)
    key = ("hour", "account", "figure", "rule_id", "operator", "detail")
    columns = (moment("hour"), text("account", "figure"), moment("rule_id"), text("operator"), moment("detail", "n"))
    create(op, "hourly_figures", *columns, key=key, sqlite_with_rowid=False)
    for number, (table, event, times) in enumerate(TIMES):
        _note(op, f"hours_{number}", table, event, times)
    connection = op.get_bind()
    for table, column in STORED:  # all that is stored has yet to be counted
        first, last = connection.execute(sa.text(f"SELECT min({column}), max({column}) FROM {table}")).one()  # noqa: S608
        hours = () if first is None else range(first // HOUR, last // HOUR + 1)
        if rows := [{"hour": hour} for hour in hours]:
            note = "INSERT INTO changed_hours (hour, tx, n) VALUES (:hour, 0, 1) ON CONFLICT (hour, tx) DO NOTHING"
            connection.execute(sa.text(note), rows)
    op.drop_index("ix_decisions_decided_at_rule_id", "decisions")
    op.create_index("ix_decisions_rule_id_decided_at", "decisions", ["rule_id", "decided_at"])
    no_answer = "outcome IN ('incomplete', 'not_rendered', 'unmatched', 'left_open')"
    partial_index(op, "ix_decisions_unanswered", "decisions", ["decided_at"], no_answer)
    lost = "state IN ('failed', 'unknown') OR state = 'cancelled' AND errcode <> 0"
    partial_index(op, "ix_replies_undelivered", "replies", ["created_at"], lost)


def _note(op: Operations, name: str, table: str, event: str, times: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        note = NOTE.format(hour=HOUR, tx=0, times=times, again="UPDATE SET n = changed_hours.n + 1")
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {note} END")
        return
    note = NOTE.format(hour=HOUR, tx="txid_current()", times=times, again="NOTHING")
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")

"""Search on SQLite, and triggers: the schema that SQLAlchemy does not make.

The hours that a row counts in are noted in `changed_hours`, so that whoever changes a row changes its hour in the same
transaction.
"""

from sqlalchemy import Connection

from wxdesk.store.schema.columns import metadata

HOUR = 3_600_000_000

NOTE = """
INSERT INTO changed_hours (hour, tx, n) SELECT DISTINCT at / {hour}, {tx}, 1 FROM ({times}) AS times
WHERE at IS NOT NULL ON CONFLICT (hour, tx) DO {again};
"""

UNANSWERED = """
SELECT m.at FROM (SELECT 1) AS one LEFT JOIN (
    SELECT r.sent_at, CASE WHEN coalesce(s.at, 0) < r.sent_at THEN coalesce(s.at, 0) ELSE r.sent_at END AS answered_at,
        CASE WHEN r.message_id IS NULL AND r.heard_id IS NULL THEN 9223372036854775807 ELSE r.heard_id END AS heard
    FROM replies AS r LEFT JOIN messages AS s ON s.id = r.message_id
    WHERE r.conversation_id = {conversation} AND r.sent_at <= {until} AND NOT r.promise {other}
    ORDER BY r.sent_at DESC, r.id DESC LIMIT 1
) AS reply ON true JOIN messages AS m ON m.conversation_id = {conversation} AND m.at <= {until}
    AND m.at >= coalesce(reply.answered_at, -1)
    AND (m.id > coalesce(reply.heard, 0) OR m.at > coalesce(reply.sent_at, -1))
"""


def unanswered(conversation: str, until: str, other: str = "") -> str:
    """Return the times of messages that the last reply `until` then leaves open.

    Bounded by what that reply answered, so that a long conversation costs no more than a short one.
    """
    return UNANSWERED.format(conversation=conversation, until=until, other=other)


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

STRAYED = """UPDATE OF state, edited, "by", error, errcode, passed_by WHEN old.edited OR new.edited
    OR old.state NOT IN ('queued', 'sending') OR new.state NOT IN ('queued', 'sending', 'sent')"""
"""Changes of a reply other than queued, sending, sent, which `sent_at` covers."""

TIMES = (
    *(
        (table, event, times.format(row=row))
        for table, times in (("messages", WRITTEN), ("decisions", DECIDED), ("rule_firings", "SELECT {row}.at AS at"))
        for event, row in (("INSERT", "new"), ("DELETE", "old"))
    ),
    ("decisions", "UPDATE OF outcome, rule_id", DECIDED.format(row="new")),
    ("replies", "INSERT WHEN new.sent_at IS NULL", "SELECT new.created_at AS at"),
    ("replies", "INSERT WHEN new.sent_at IS NOT NULL", SENT),
    ("replies", STRAYED, "SELECT new.created_at AS at"),
    ("replies", "UPDATE OF sent_at, promise", SENT),
    ("replies", "DELETE", "SELECT old.created_at AS at UNION SELECT old.sent_at"),
    ("conversations", "UPDATE OF settled_at", RESOLVED),
)
"""Times whose hours change with a row of a table; some more do no harm."""

HINT = """
CREATE FUNCTION wxdesk_hint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wxdesk', TG_ARGV[0]);
    RETURN NULL;
END $$
"""

TOPICS = (
    ("hint", "INSERT", "raw_pushes", "push"),
    ("hint_events", "INSERT", "relayed_events", "events"),
    ("hint_command", "INSERT", "commands", "command"),
    ("hint_answer", "UPDATE", "commands", "answer"),
)
"""Triggers by which a server tells of what changes, with the topic of each hint."""


def create_schema(connection: Connection) -> None:
    """Make all of the schema in an empty database."""
    if connection.dialect.name == "postgresql":
        for index in (one for table in metadata.tables.values() for one in table.indexes):
            # Named where the tables are, these would load the dialect for a file too: 2 MB at each start.
            index.dialect_kwargs.update({f"postgresql_{name}": value for name, value in index.info.items()})
    metadata.create_all(connection, checkfirst=False)
    if connection.dialect.name == "sqlite":
        _index_words(connection, "contacts", "search_index_of_contacts")
        _index_words(connection, "search_texts", "search_index")
    else:
        # Pictures are compressed already.
        connection.exec_driver_sql("ALTER TABLE picture_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL")
        connection.exec_driver_sql(HINT)
        for name, event, table, topic in TOPICS:
            each = f"FOR EACH STATEMENT EXECUTE FUNCTION wxdesk_hint('{topic}')"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} {each}")
    note_changed_hours(connection)


def _index_words(connection: Connection, table: str, index: str) -> None:
    """Index the column `words` of a table for searching, see `store.search`."""
    # The index holds no text of its own; it reads the table, and must be told the old words when they change.
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"(words, content = '{table}', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0')"
    )
    add = f"INSERT INTO {index} (rowid, words) VALUES (new.id, new.words);"  # noqa: S608 - of the schema
    remove = f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', old.id, old.words);"  # noqa: S608
    for name, when, steps in (
        ("added", "INSERT", add),
        ("removed", "DELETE", remove),
        ("changed", "UPDATE OF words", f"{remove} {add}"),
    ):
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table} BEGIN {steps} END")


def note_changed_hours(connection: Connection) -> None:
    """Make the triggers that note the hours."""
    for number, (table, event, times) in enumerate(TIMES):
        _create_trigger(connection, f"hours_{number}", table, event, times)


def _create_trigger(connection: Connection, name: str, table: str, event: str, times: str) -> None:
    what, _, only = event.partition(" WHEN ")
    trigger = f"CREATE TRIGGER {name} AFTER {what} ON {table} FOR EACH ROW {f'WHEN ({only})' if only else ''}"
    if connection.dialect.name == "sqlite":
        note = NOTE.format(hour=HOUR, tx=0, times=times, again="UPDATE SET n = changed_hours.n + 1")
        connection.exec_driver_sql(f"{trigger} BEGIN {note} END")
        return
    note = NOTE.format(hour=HOUR, tx="txid_current()", times=times, again="NOTHING")
    body = f"RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$"
    connection.exec_driver_sql(f"CREATE FUNCTION {name}() {body}")
    connection.exec_driver_sql(f"{trigger} EXECUTE FUNCTION {name}()")

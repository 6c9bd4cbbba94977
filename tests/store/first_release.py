"""The schema of the first release, for tests of what became of it."""

from sqlalchemy import Connection

from wxdesk.store.schema.triggers import HINT, TOPICS

VERSION = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES ('0035');
"""

COUNTING = ("conversations", "replies", "reply_steps", "rules", "templates", "operators")
"""Tables of the first release in which no id is ever given again."""

SQLITE = {"id": "INTEGER", "new_id": "INTEGER", "bytes": "BLOB", "false": "0", "true": "1"}
SQLITE |= {f"id_of_{table}": "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT" for table in COUNTING}
SQLITE |= {"without_rowid": "WITHOUT ROWID"}

POSTGRESQL = {"id": "BIGINT", "new_id": "BIGSERIAL", "bytes": "BYTEA", "false": "false", "true": "true"}
POSTGRESQL |= {f"id_of_{table}": f"id BIGSERIAL NOT NULL CONSTRAINT pk_{table} PRIMARY KEY" for table in COUNTING}
POSTGRESQL |= {"without_rowid": ""}


def is_postgresql(connection: Connection) -> bool:
    """Tell which of the two engines it is."""
    return connection.dialect.name == "postgresql"


def run(connection: Connection, statements: str) -> None:
    """Run statements that each end with a semicolon and a line, its holes filled."""
    words = POSTGRESQL if is_postgresql(connection) else SQLITE
    for statement in statements.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement.format_map(words))


def index_words(connection: Connection, table: str, index: str) -> None:
    """Index the column `words` of a table for searching, see `store.search`."""
    if is_postgresql(connection):
        gin = f"CREATE INDEX ix_{table}_words ON {table} USING gin (to_tsvector('simple'::regconfig, words))"
        connection.exec_driver_sql(gin)
        return
    # The index holds no text of its own; it reads the table, and must be told the old words when they change.
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"(words, content = '{table}', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0')"
    )
    add = f"INSERT INTO {index} (rowid, words) VALUES (new.id, new.words);"  # noqa: S608 - of the revisions
    remove = f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', old.id, old.words);"  # noqa: S608
    for name, when, steps in (
        ("added", "INSERT", add),
        ("removed", "DELETE", remove),
        ("changed", "UPDATE OF words", f"{remove} {add}"),
    ):
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table} BEGIN {steps} END")


MESSAGES = """
CREATE TABLE raw_pushes (
    id {new_id} NOT NULL, account TEXT NOT NULL, "key" TEXT NOT NULL, body {bytes} NOT NULL, format TEXT,
    received_at BIGINT NOT NULL, derived BOOLEAN NOT NULL, note TEXT NOT NULL,
    CONSTRAINT pk_raw_pushes PRIMARY KEY (id),
    CONSTRAINT uq_raw_pushes_account_key UNIQUE (account, "key")
);
CREATE INDEX ix_raw_pushes_underived ON raw_pushes (id) WHERE derived IS {false};
CREATE INDEX ix_raw_pushes_unreadable ON raw_pushes (id) WHERE note != '';
CREATE TABLE contacts (
    id {new_id} NOT NULL, account TEXT NOT NULL, openid TEXT NOT NULL, first_seen_at BIGINT NOT NULL,
    alias TEXT NOT NULL, note TEXT NOT NULL, tags TEXT NOT NULL, blocked BOOLEAN NOT NULL,
    words TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id),
    CONSTRAINT uq_contacts_account_openid UNIQUE (account, openid)
);
CREATE TABLE conversations (
    {id_of_conversations}, account TEXT NOT NULL, contact_id {id} NOT NULL, mode TEXT, taken_over BOOLEAN NOT NULL,
    taken_over_until BIGINT, unread INTEGER NOT NULL, preview TEXT NOT NULL, preview_kind TEXT NOT NULL,
    preview_author TEXT NOT NULL, last_at BIGINT, waiting_since BIGINT, window_left INTEGER NOT NULL,
    window_until BIGINT, transfer_armed BOOLEAN DEFAULT {false} NOT NULL, transferred_until BIGINT,
    session_from TEXT DEFAULT '' NOT NULL, takeover_silence INTEGER, called_at BIGINT,
    called_by TEXT DEFAULT '' NOT NULL, resolved_at BIGINT, snoozed_until BIGINT, aside_by TEXT DEFAULT '' NOT NULL,
    back_at BIGINT, settled_at BIGINT, takeover_by_writing BOOLEAN DEFAULT {false} NOT NULL,
    taken_over_by TEXT DEFAULT '' NOT NULL, claimed_by TEXT DEFAULT '' NOT NULL, claimed_at BIGINT,
    claim_until BIGINT, pinned BOOLEAN DEFAULT {false} NOT NULL,
    CONSTRAINT uq_conversations_contact_id UNIQUE (contact_id),
    CONSTRAINT fk_conversations_contact_id_contacts FOREIGN KEY(contact_id) REFERENCES contacts (id)
);
CREATE INDEX ix_conversations_armed ON conversations (id) WHERE transfer_armed IS {true};
CREATE INDEX ix_conversations_back ON conversations (back_at) WHERE back_at IS NOT NULL;
CREATE INDEX ix_conversations_called ON conversations (called_at) WHERE called_at IS NOT NULL;
CREATE INDEX ix_conversations_claimed ON conversations (claimed_by, last_at) WHERE claimed_by != '';
CREATE INDEX ix_conversations_closing ON conversations (window_until) WHERE waiting_since IS NOT NULL;
CREATE INDEX ix_conversations_last_at_id ON conversations (last_at, id);
CREATE INDEX ix_conversations_open ON conversations (last_at, id) WHERE resolved_at IS NULL AND snoozed_until IS NULL;
CREATE INDEX ix_conversations_pinned ON conversations (id) WHERE pinned IS {true};
CREATE INDEX ix_conversations_snoozed ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX ix_conversations_unread ON conversations (last_at) WHERE unread > 0;
CREATE INDEX ix_conversations_waiting ON conversations (waiting_since) WHERE waiting_since IS NOT NULL;
CREATE TABLE calls (
    conversation_id {id} NOT NULL, cause TEXT NOT NULL, at BIGINT NOT NULL, seen BOOLEAN NOT NULL,
    CONSTRAINT pk_calls PRIMARY KEY (conversation_id, cause),
    CONSTRAINT fk_calls_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE INDEX ix_calls_cause_conversation_id ON calls (cause, conversation_id);
CREATE TABLE messages (
    id {new_id} NOT NULL, conversation_id {id} NOT NULL, push_id {id} NOT NULL, type TEXT NOT NULL,
    created_at BIGINT NOT NULL, received_at BIGINT NOT NULL, at BIGINT NOT NULL, text TEXT NOT NULL,
    msg_type TEXT NOT NULL, msg_id TEXT, event TEXT, session_from TEXT, media_id TEXT, pic_url TEXT,
    fields TEXT NOT NULL, decided BOOLEAN NOT NULL, picture TEXT DEFAULT '' NOT NULL, picture_state TEXT,
    picture_problem TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT uq_messages_push_id UNIQUE (push_id),
    CONSTRAINT fk_messages_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    CONSTRAINT fk_messages_push_id_raw_pushes FOREIGN KEY(push_id) REFERENCES raw_pushes (id)
);
CREATE INDEX ix_messages_awaited ON messages (id) WHERE picture_state = 'awaited';
CREATE INDEX ix_messages_timeline ON messages (conversation_id, at, id);
CREATE INDEX ix_messages_undecided ON messages (id) WHERE decided IS {false};
CREATE INDEX ix_messages_written ON messages (at) WHERE event IS NULL;
CREATE TABLE pictures (
    digest TEXT NOT NULL, format TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    size INTEGER NOT NULL, added_at BIGINT NOT NULL,
    CONSTRAINT pk_pictures PRIMARY KEY (digest)
);
CREATE TABLE uploads (
    account TEXT NOT NULL, digest TEXT NOT NULL, media_id TEXT NOT NULL, uploaded_at BIGINT NOT NULL,
    CONSTRAINT pk_uploads PRIMARY KEY (account, digest)
);
CREATE TABLE picture_chunks (
    digest TEXT NOT NULL, number INTEGER NOT NULL, bytes {bytes} NOT NULL,
    CONSTRAINT pk_picture_chunks PRIMARY KEY (digest, number)
);
"""
"""Tables of pushes, contacts, conversations, messages and pictures."""

REPLIES = """
CREATE TABLE decisions (
    id {new_id} NOT NULL, message_id {id} NOT NULL, conversation_id {id} NOT NULL, outcome TEXT NOT NULL,
    decided_at BIGINT NOT NULL, rule_id {id}, rule_name TEXT NOT NULL, rule_revision INTEGER NOT NULL,
    verdicts TEXT NOT NULL, rules_left INTEGER NOT NULL, problem TEXT NOT NULL,
    CONSTRAINT pk_decisions PRIMARY KEY (id),
    CONSTRAINT uq_decisions_message_id UNIQUE (message_id),
    CONSTRAINT fk_decisions_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id),
    CONSTRAINT fk_decisions_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE INDEX ix_decisions_conversation_id_id ON decisions (conversation_id, id);
CREATE INDEX ix_decisions_decided_at_rule_id ON decisions (decided_at, rule_id);
CREATE INDEX ix_decisions_unfinished ON decisions (conversation_id, decided_at)
    WHERE outcome IN ('incomplete', 'not_rendered');
CREATE TABLE rule_firings (
    id {new_id} NOT NULL, rule_id {id} NOT NULL, message_id {id} NOT NULL, conversation_id {id} NOT NULL,
    account TEXT NOT NULL, at BIGINT NOT NULL, shadow BOOLEAN NOT NULL,
    CONSTRAINT pk_rule_firings PRIMARY KEY (id),
    CONSTRAINT fk_rule_firings_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id),
    CONSTRAINT fk_rule_firings_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE INDEX ix_rule_firings_at_rule_id ON rule_firings (at, rule_id);
CREATE INDEX ix_rule_firings_rule_id_at ON rule_firings (rule_id, at);
CREATE INDEX ix_rule_firings_spoken ON rule_firings (conversation_id, rule_id, at) WHERE shadow IS {false};
CREATE TABLE replies (
    {id_of_replies}, conversation_id {id} NOT NULL, author TEXT NOT NULL, content TEXT NOT NULL,
    state TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, message_id {id}, decision_id {id},
    rule_id {id}, rule_name TEXT NOT NULL, rule_revision INTEGER NOT NULL, due_at BIGINT, not_before BIGINT,
    attempts INTEGER NOT NULL, sent_at BIGINT, edited BOOLEAN NOT NULL, "by" TEXT NOT NULL, errcode INTEGER,
    error TEXT NOT NULL, rid TEXT NOT NULL, promise BOOLEAN DEFAULT {false} NOT NULL, part_of {id}, mode TEXT,
    mode_from TEXT, aside TEXT, passed_by {id}, heard_id {id}, takeover TEXT, placed_at BIGINT,
    operator TEXT DEFAULT '' NOT NULL,
    CONSTRAINT fk_replies_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id),
    CONSTRAINT fk_replies_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id),
    CONSTRAINT fk_replies_decision_id_decisions FOREIGN KEY(decision_id) REFERENCES decisions (id)
);
CREATE INDEX ix_replies_conversation_id_sent_at_id ON replies (conversation_id, sent_at, id);
CREATE INDEX ix_replies_conversation_id_state_id ON replies (conversation_id, state, id);
CREATE INDEX ix_replies_corrected ON replies (created_at, rule_id) WHERE author = 'rule' AND (edited IS true
    OR (state = 'cancelled' AND "by" NOT IN ('', 'WeChat', 'contact') AND error = '')
    OR (passed_by IS NOT NULL AND state IN ('draft', 'cancelled')));
CREATE INDEX ix_replies_made ON replies (conversation_id, created_at, id);
CREATE INDEX ix_replies_of_a_human ON replies (conversation_id, sent_at) WHERE author = 'operator';
CREATE INDEX ix_replies_part_of ON replies (part_of) WHERE part_of IS NOT NULL;
CREATE INDEX ix_replies_passed_by ON replies (passed_by) WHERE passed_by IS NOT NULL;
CREATE INDEX ix_replies_sent_at_author ON replies (sent_at, author);
CREATE INDEX ix_replies_state_id ON replies (state, id);
CREATE INDEX ix_replies_timeline ON replies (conversation_id, coalesce(placed_at, created_at), id);
CREATE TABLE reply_steps (
    {id_of_reply_steps}, reply_id {id} NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, "by" TEXT NOT NULL,
    "before" TEXT, reason TEXT NOT NULL, until BIGINT, errcode INTEGER,
    CONSTRAINT fk_reply_steps_reply_id_replies FOREIGN KEY(reply_id) REFERENCES replies (id)
);
CREATE INDEX ix_reply_steps_reply_id_id ON reply_steps (reply_id, id);
CREATE TABLE operator_drafts (
    conversation_id {id} NOT NULL, operator TEXT NOT NULL, drafts TEXT NOT NULL,
    CONSTRAINT pk_operator_drafts PRIMARY KEY (conversation_id, operator),
    CONSTRAINT fk_operator_drafts_conversation_id_conversations
        FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
"""
"""Tables of decisions, and of the replies that follow from them."""

AUTHORED = """
CREATE TABLE rules (
    {id_of_rules}, position INTEGER NOT NULL, revision INTEGER NOT NULL, enabled BOOLEAN NOT NULL,
    rule TEXT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE TABLE rule_revisions (
    rule_id {id} NOT NULL, revision INTEGER NOT NULL, rule TEXT NOT NULL, saved_at BIGINT NOT NULL,
    "by" TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_rule_revisions PRIMARY KEY (rule_id, revision)
);
CREATE TABLE rule_lists (
    id {new_id} NOT NULL, since BIGINT NOT NULL, rules TEXT NOT NULL,
    CONSTRAINT pk_rule_lists PRIMARY KEY (id)
);
CREATE INDEX ix_rule_lists_since_id ON rule_lists (since, id);
CREATE TABLE templates (
    {id_of_templates}, revision INTEGER NOT NULL, template TEXT NOT NULL, updated_at BIGINT NOT NULL,
    uses INTEGER NOT NULL, last_used_at BIGINT
);
CREATE TABLE template_revisions (
    template_id {id} NOT NULL, revision INTEGER NOT NULL, template TEXT NOT NULL, saved_at BIGINT NOT NULL,
    "by" TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_template_revisions PRIMARY KEY (template_id, revision)
);
CREATE TABLE settings (
    "key" TEXT NOT NULL, value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY ("key")
);
"""
"""Tables of what operators write in advance: rules, templates, settings."""

SETUP = """
CREATE TABLE outages (
    id {new_id} NOT NULL, began BIGINT NOT NULL, ended BIGINT, verdict TEXT NOT NULL,
    CONSTRAINT pk_outages PRIMARY KEY (id)
);
CREATE INDEX ix_outages_began ON outages (began);
CREATE TABLE setup_attempts (
    id {new_id} NOT NULL, account TEXT NOT NULL, subject TEXT NOT NULL, verdict TEXT NOT NULL,
    details TEXT NOT NULL, times INTEGER NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
    CONSTRAINT pk_setup_attempts PRIMARY KEY (id),
    CONSTRAINT uq_setup_attempts_account_subject_verdict_details UNIQUE (account, subject, verdict, details)
);
CREATE INDEX ix_setup_attempts_account_last_at ON setup_attempts (account, last_at);
"""
"""Tables about the way of requests to the desk."""

TEAM = """
CREATE TABLE operators (
    {id_of_operators}, name TEXT NOT NULL, role TEXT NOT NULL, active BOOLEAN NOT NULL, password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, failures INTEGER NOT NULL, wait_until BIGINT,
    CONSTRAINT uq_operators_name UNIQUE (name)
);
CREATE TABLE operator_actions (
    id {new_id} NOT NULL, at BIGINT NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL, about TEXT NOT NULL,
    CONSTRAINT pk_operator_actions PRIMARY KEY (id)
);
CREATE TABLE leases (
    name TEXT NOT NULL, epoch BIGINT NOT NULL, holder TEXT NOT NULL, until BIGINT NOT NULL,
    CONSTRAINT pk_leases PRIMARY KEY (name),
    CONSTRAINT uq_leases_name_epoch UNIQUE (name, epoch)
);
CREATE TABLE relayed_events (
    id {new_id} NOT NULL, at BIGINT NOT NULL, events TEXT NOT NULL,
    CONSTRAINT pk_relayed_events PRIMARY KEY (id)
);
CREATE INDEX ix_relayed_events_at ON relayed_events (at);
CREATE TABLE commands (
    id {new_id} NOT NULL, at BIGINT NOT NULL, call TEXT NOT NULL, arguments TEXT NOT NULL, state TEXT NOT NULL,
    result TEXT, operator_id {id},
    CONSTRAINT pk_commands PRIMARY KEY (id)
);
CREATE INDEX ix_commands_state ON commands (state);
"""
"""Tables of a team: operators, who works, and what desks tell each other."""

SEARCH = """
CREATE TABLE search_texts (
    id {new_id} NOT NULL, message_id {id}, reply_id {id}, words TEXT NOT NULL,
    CONSTRAINT pk_search_texts PRIMARY KEY (id),
    CONSTRAINT uq_search_texts_message_id UNIQUE (message_id),
    CONSTRAINT uq_search_texts_reply_id UNIQUE (reply_id),
    CONSTRAINT fk_search_texts_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id),
    CONSTRAINT fk_search_texts_reply_id_replies FOREIGN KEY(reply_id) REFERENCES replies (id)
);
"""
"""Table of the words by which messages and replies are found."""


def make_first_release(connection: Connection) -> None:
    """Make all tables and their indexes."""
    for tables in (MESSAGES, REPLIES, AUTHORED, SETUP, TEAM, SEARCH):
        run(connection, tables)
    index_words(connection, "contacts", "search_index_of_contacts")
    index_words(connection, "search_texts", "search_index")
    if is_postgresql(connection):
        # Pictures are compressed already.
        connection.exec_driver_sql("ALTER TABLE picture_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL")
        connection.exec_driver_sql(HINT)
        for name, event, table, topic in TOPICS:
            each = f"FOR EACH STATEMENT EXECUTE FUNCTION wxdesk_hint('{topic}')"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} {each}")
    run(connection, VERSION)

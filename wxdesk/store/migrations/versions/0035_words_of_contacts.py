"""Words of contacts, by which they are found, and their index."""

import json

import sqlalchemy as sa
from alembic import op

from wxdesk.core.search_words import spaced

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("contacts", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    for one in connection.execute(sa.text("SELECT id, alias, note, tags, openid FROM contacts")).all():
        said = " ".join((one.alias, *json.loads(one.tags), one.note, one.openid, one.openid[-3:]))
        connection.execute(
            sa.text("UPDATE contacts SET words = :words WHERE id = :id"), {"words": spaced(said), "id": one.id}
        )
    if connection.dialect.name == "postgresql":
        op.execute("CREATE INDEX ix_contacts_words ON contacts USING gin (to_tsvector('simple'::regconfig, words))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_index_of_contacts USING fts5"
        "(words, content = 'contacts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0')"
    )
    op.execute("INSERT INTO search_index_of_contacts (search_index_of_contacts) VALUES ('rebuild')")
    add = "INSERT INTO search_index_of_contacts (rowid, words) VALUES (new.id, new.words);"
    remove = (
        "INSERT INTO search_index_of_contacts (search_index_of_contacts, rowid, words)"
        " VALUES ('delete', old.id, old.words);"
    )
    for name, when, steps in (
        ("contacts_added", "INSERT", add),
        ("contacts_removed", "DELETE", remove),
        ("contacts_changed", "UPDATE OF words", f"{remove} {add}"),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON contacts BEGIN {steps} END")

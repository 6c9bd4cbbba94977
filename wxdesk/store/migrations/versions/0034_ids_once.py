"""Give no id of a deleted conversation or reply to another one on SQLite, as on PostgreSQL.

Only the text of the schema changes: the rows are stored the same way.
"""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table in ("conversations", "replies"):
        found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
        sql = found.replace("id INTEGER NOT NULL,", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,", 1)
        sql = sql.replace(f"CONSTRAINT pk_{table} PRIMARY KEY (id), ", "", 1)
        connection.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))
        newest = f"SELECT '{table}', coalesce(max(id), 0) FROM {table}"  # noqa: S608
        connection.exec_driver_sql(f"INSERT INTO sqlite_sequence (name, seq) {newest}")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")

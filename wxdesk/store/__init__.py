"""Room 2 of 5, messages are kept: the database, on SQLite or PostgreSQL."""

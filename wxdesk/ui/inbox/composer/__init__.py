"""Writing, sending and editing of replies. Imported by `chat`."""

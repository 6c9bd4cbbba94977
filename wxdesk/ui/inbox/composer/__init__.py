"""Writing, sending and editing of replies.

`drafts.py` holds everything begun and its states. `composer.py` and `panels` show and write it, `templates` inserts
into it, `sending.py` gives it to the desk, `edit_lock.py` keeps edited replies from leaving, and `writing.py` puts
all of them together and stores the drafts.
"""

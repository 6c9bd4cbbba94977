"""Messages: from a stored push to a decision on it and its replies.

Imported by `desk.desk` and by `app`; imports the rooms of `desk` below it, of which `conversations`,
`rules`, `answers`, `settings`, `runtime` and `ports` are needed.
"""

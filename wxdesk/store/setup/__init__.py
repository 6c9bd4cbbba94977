"""Set-up: the times in which WeChat could not reach this desk.

Imported by the rooms of `store` above, by `desk` and `app`; imports `store.schema` and `store.engine`.
"""

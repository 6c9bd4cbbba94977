"""Records of accounts, messages, replies, rules, pictures and statistics.

Records and closed sets, hardly any logic. Every record is frozen: a change is a new record, made by
`msgspec.structs.replace` or read again from the store. Times are aware datetimes in UTC.
"""

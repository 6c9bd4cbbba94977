"""This computer: autostart, sleep, updates.

Imported by `ui`, `wechat`, `desk` and `store`; asks the system, and knows no desk.
"""

"""State and rules of the simulated WeChat: tokens, contacts, media, quota, faults.

No HTTP.
"""

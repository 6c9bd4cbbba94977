"""Texts about WeChat: refusals by errcode, faults of values, and clock skew.

Imported by the rooms of `desk` above it, by `wechat`, `ui` and `commands`; imports no other room
of `desk`.
"""

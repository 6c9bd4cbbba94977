"""Texts about WeChat: refusals by errcode, faults of values, and clock skew."""

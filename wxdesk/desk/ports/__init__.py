"""Ports: the Protocols by which the desk uses the store and WeChat's API.

One module a noun, filled by the room of `wxdesk.store` with the same noun, or by `wxdesk.wechat`. Imported
by all of `wxdesk.desk`, by `wxdesk.store`, `wxdesk.wechat` and the layers above; imports `wxdesk.core`
only.
"""

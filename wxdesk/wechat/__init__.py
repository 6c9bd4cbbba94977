"""WeChat's customer-service API over HTTP: tokens, replies, typing and media.

Imported by `app` and `commands`; imports `desk` and layers below, never `ui`, `store` or `webhook`.
"""

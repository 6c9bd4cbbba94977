"""Customer service: answering messages, and the operator's commands.

Uses the store, and WeChat's API through `desk.ports`. Imported by `ui`, `webhook`, `wechat` and the layers
above them; imports `store`, `core`, `i18n`, `emoticons`, `paths` and `timezones`.
"""

"""Customer service: answering messages, and the operator's commands.

Uses the store and WeChat's API through `desk.ports` only. Imported by `ui`, `webhook`, `store`, `wechat`
and the layers above them; imports `core`, `i18n`, `paths` and `timezones`.
"""

"""WeChat's pushes over HTTP: checked, parsed, acknowledged; the status page.

Imported by `app`, `runner`, `doctor` and `sandbox`; imports `desk` and layers below, never `ui`, `store` or `wechat`.
"""

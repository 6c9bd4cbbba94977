"""WeChat's pushes over HTTP: checked, decrypted, parsed and acknowledged.

Imported by `app` and `sandbox`; imports `desk` and layers below, never `ui`, `store` or `wechat`.
"""

"""WeChat's pushes over HTTP: checked, parsed, acknowledged; the status page."""

"""The room `core.wechat`."""

"""The room `desk.wechat`."""

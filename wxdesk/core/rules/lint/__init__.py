"""The room `core.rules.lint`."""

"""The room `ui.rules.rule_list`."""

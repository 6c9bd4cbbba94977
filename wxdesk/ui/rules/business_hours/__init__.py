"""The room `ui.rules.business_hours`."""

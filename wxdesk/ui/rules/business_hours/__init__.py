"""Editor of business hours: calendars with weekly hours and special days.

Imported by `ui.rules.page` and `ui.rules.import_export`; imports `ui.widgets` and the rooms below it.
"""

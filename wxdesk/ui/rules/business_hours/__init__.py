"""Editor of business hours: calendars with weekly hours and special days."""

"""Settings in force: accounts' modes, preferences, the pause and business hours."""

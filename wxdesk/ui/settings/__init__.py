"""The settings page: accounts, preferences, and missing configuration."""

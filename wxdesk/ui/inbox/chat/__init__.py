"""Header, bars and commands of the open conversation."""

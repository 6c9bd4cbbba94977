"""Running the desk: event bus, supervisor, wall-clock timers, decision lock."""

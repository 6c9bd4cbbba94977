"""Runtime of the window: loop, bridge to the desk, repeated questions, memory."""

"""Whether the operator is at the desk: seen by the window, said by himself, and shown."""

"""Room 3 of 5, messages are answered: intake, outbox and the operator's commands, on one asyncio loop."""

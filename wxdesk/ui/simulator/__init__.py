"""The page that moves the simulated WeChat; the demonstration alone has it."""

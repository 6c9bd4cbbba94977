"""Page that controls the simulated WeChat; only the demonstration has it."""

"""Rules at work: the rulebook, validation, import and export, trials and reviews."""

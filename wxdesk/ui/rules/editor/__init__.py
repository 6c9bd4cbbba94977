"""Editor of one rule: head, conditions, actions, limits, faults and history."""

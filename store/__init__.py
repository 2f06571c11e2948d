"""Floor 1, the log: how events are sealed, stored, read in order and turned back into the trade's objects."""

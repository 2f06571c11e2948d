"""Floor 2, what can be asked: read models folded from the log, each rebuilt from it at any time."""

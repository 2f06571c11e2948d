"""Floor 4, composition: the only reader of the environment and the clock, where the parts become processes."""

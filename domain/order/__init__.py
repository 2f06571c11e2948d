"""Order lines: what the marketplace says was sold, paid and shipped (SPEC §2)."""

"""What every request passes before its endpoint: limits, bodies, and the account kept of it."""

"""Floor 0, the trade: every rule of Direct Service, pure, with no framework, clock or storage in sight."""

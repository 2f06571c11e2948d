"""Floor 3, what happens unasked: deadlines overtaking the silent, and the courier carrying out what is owed."""
